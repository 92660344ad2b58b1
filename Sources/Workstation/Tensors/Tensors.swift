// room Tensors
