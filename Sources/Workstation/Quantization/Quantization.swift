// room Quantization
