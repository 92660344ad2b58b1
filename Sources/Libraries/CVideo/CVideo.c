// The header says it all; a target needs one source file.
#include "CVideo.h"
