// room Platform
