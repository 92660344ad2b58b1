// room Networks
