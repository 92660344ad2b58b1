// room Datasets
