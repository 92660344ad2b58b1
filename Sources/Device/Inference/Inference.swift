// room Inference
