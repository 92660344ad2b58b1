// room Console
