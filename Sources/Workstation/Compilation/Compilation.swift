// room Compilation
