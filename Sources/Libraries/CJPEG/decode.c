#include <string.h>

#include "failure.h"

typedef struct {
    struct jpeg_decompress_struct decompress;
    struct jpeg_progress_mgr progress;
    failure failure;
    int32_t most_scans;
} decoder;

// Called between rows and scans. A small progressive file can hold so many scans of a large picture that it takes hours.
static void count_scans(j_common_ptr common) {
    decoder *decoder = common->client_data;
    if (decoder->decompress.input_scan_number > decoder->most_scans) failure_jump(common, CJPEG_SCANS);
}

// Everything up to the picture's header. The caller has set `failure.back`.
static void open_picture(decoder *decoder, const uint8_t *bytes, size_t count) {
    jpeg_create_decompress(&decoder->decompress);
    decoder->decompress.client_data = decoder;
    jpeg_mem_src(&decoder->decompress, bytes, count);
    jpeg_read_header(&decoder->decompress, TRUE);
    J_COLOR_SPACE colors = decoder->decompress.jpeg_color_space;
    if (colors != JCS_GRAYSCALE && colors != JCS_YCbCr && colors != JCS_RGB) {
        failure_jump((j_common_ptr)&decoder->decompress, CJPEG_COLORS);
    }
}

int32_t cjpeg_read_header(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, char *message) {
    decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    decoder.decompress.err = failure_manager(&decoder.failure, message);
    if (!setjmp(decoder.failure.back)) {
        open_picture(&decoder, bytes, count);
        *width = decoder.decompress.image_width;
        *height = decoder.decompress.image_height;
    }
    jpeg_destroy_decompress(&decoder.decompress);
    return decoder.failure.status;
}

// The settings of docs/imaging.md: they fix the pixels to the bit.
static void set_up(decoder *decoder, int32_t channels) {
    struct jpeg_decompress_struct *decompress = &decoder->decompress;
    decompress->out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    decompress->dct_method = JDCT_ISLOW;
    decompress->do_fancy_upsampling = TRUE;
    decompress->do_block_smoothing = FALSE;
    decompress->dither_mode = JDITHER_NONE;
    decompress->quantize_colors = FALSE;
    decompress->scale_num = decompress->scale_denom = 1;
    decoder->progress.progress_monitor = count_scans;
    decompress->progress = &decoder->progress;
}

int32_t cjpeg_decode(const uint8_t *bytes, size_t count, int32_t channels, int32_t most_scans, uint8_t *pixels,
                     uint32_t width, uint32_t height, char *message) {
    decoder decoder;
    memset(&decoder, 0, sizeof decoder);
    decoder.most_scans = most_scans;
    decoder.decompress.err = failure_manager(&decoder.failure, message);
    if (!setjmp(decoder.failure.back)) {
        struct jpeg_decompress_struct *decompress = &decoder.decompress;
        open_picture(&decoder, bytes, count);
        set_up(&decoder, channels);
        jpeg_start_decompress(decompress);
        if (decompress->output_width != width || decompress->output_height != height ||
            decompress->output_components != channels) {
            failure_jump((j_common_ptr)decompress, CJPEG_BROKEN);
        }
        while (decompress->output_scanline < height) {
            JSAMPROW row = pixels + (size_t)decompress->output_scanline * width * channels;
            jpeg_read_scanlines(decompress, &row, 1);
        }
        // Reads up to the end marker, so that its absence is noticed.
        jpeg_finish_decompress(decompress);
    }
    jpeg_destroy_decompress(&decoder.decompress);
    return decoder.failure.status;
}
