// Apart from decode.c, so that a program that does not encode is linked without libjpeg's encoder.
#include <stdlib.h>
#include <string.h>

#include "failure.h"

int32_t cjpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, int32_t quality,
                     uint8_t **encoded, size_t *count, char *message) {
    struct jpeg_compress_struct compress;
    failure failure;
    unsigned long size = 0;
    memset(&compress, 0, sizeof compress);
    *encoded = NULL;
    compress.err = failure_manager(&failure, message);
    if (!setjmp(failure.back)) {
        jpeg_create_compress(&compress);
        jpeg_mem_dest(&compress, encoded, &size);
        compress.image_width = width;
        compress.image_height = height;
        compress.input_components = channels;
        compress.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_set_defaults(&compress);
        jpeg_set_quality(&compress, quality, TRUE);
        compress.dct_method = JDCT_ISLOW;
        jpeg_start_compress(&compress, TRUE);
        while (compress.next_scanline < height) {
            // libjpeg only reads the row, its interface just does not say so.
            JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)compress.next_scanline * width * channels);
            jpeg_write_scanlines(&compress, &row, 1);
        }
        jpeg_finish_compress(&compress);
    }
    jpeg_destroy_compress(&compress);
    *count = size;
    return failure.status;
}

void cjpeg_free(uint8_t *encoded) { free(encoded); }
