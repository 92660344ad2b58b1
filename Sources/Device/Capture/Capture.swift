// room Capture
