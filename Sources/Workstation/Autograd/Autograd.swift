// room Autograd
