// room ModelFiles
