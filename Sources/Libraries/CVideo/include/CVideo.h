#ifndef CVideo_H
#define CVideo_H
#endif
