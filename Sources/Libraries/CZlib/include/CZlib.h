#ifndef CZlib_H
#define CZlib_H
#endif
