// room Imaging
