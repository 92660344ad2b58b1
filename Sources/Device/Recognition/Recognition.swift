// room Recognition
