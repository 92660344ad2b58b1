#ifndef COpenBLAS_H
#define COpenBLAS_H
#endif
