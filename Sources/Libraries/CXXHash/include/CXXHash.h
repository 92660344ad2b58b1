#ifndef CXXHash_H
#define CXXHash_H
#endif
