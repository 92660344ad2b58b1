#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CPNG.h"

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *next;
    size_t left;
    uint8_t *rows;
    char *message;
    int32_t status;
    jmp_buf back;
} reader;

static void stop(png_structp png, png_const_charp words) {
    reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, words, CPNG_MESSAGE_BYTES - 1);
    if (reader->status == CPNG_OK) reader->status = CPNG_BROKEN;
    longjmp(reader->back, 1);
}

// Warnings are about chunks that do not change pixels; damage to the others is an error of libpng's.
static void say_nothing(png_structp png, png_const_charp words) {
    (void)png;
    (void)words;
}

static void take(png_structp png, png_bytep target, size_t count) {
    reader *reader = png_get_io_ptr(png);
    if (count > reader->left) {
        reader->status = CPNG_ENDS_EARLY;
        png_error(png, "end of data");
    }
    memcpy(target, reader->next, count);
    reader->next += count;
    reader->left -= count;
}

// Everything up to the first pixel; jumps to `back` on failure.
static void open_picture(reader *reader) {
    png_set_read_fn(reader->png, reader, take);
    // The caller checks the size, so that it can say it. Of the chunks only those that make pixels are read.
    png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(reader->png, 1 << 16);
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(reader->png, reader->info);
}

static int32_t begin(reader *reader, const uint8_t *bytes, size_t count, char *message) {
    memset(reader, 0, sizeof *reader);
    memset(message, 0, CPNG_MESSAGE_BYTES);
    reader->next = bytes;
    reader->left = count;
    reader->message = message;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, stop, say_nothing);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (reader->info) return CPNG_OK;
    strcpy(message, "no memory");
    return CPNG_BROKEN;
}

static void end(reader *reader) {
    free(reader->rows);
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
}

static int32_t has_color(reader *reader) {
    return (png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_COLOR) != 0;
}

int32_t cpng_read_header(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, int32_t *channels,
                         char *message) {
    reader reader;
    int32_t status = begin(&reader, bytes, count, message);
    if (status == CPNG_OK && !setjmp(reader.back)) {
        open_picture(&reader);
        *width = png_get_image_width(reader.png, reader.info);
        *height = png_get_image_height(reader.png, reader.info);
        *channels = has_color(&reader) ? 3 : 1;
    }
    if (status == CPNG_OK) status = reader.status;
    end(&reader);
    return status;
}

// One row of `colors` channels and perhaps alpha onto white.
static void flatten(const uint8_t *row, uint8_t *target, uint32_t width, int32_t colors, int32_t has_alpha) {
    if (!has_alpha) {
        memcpy(target, row, (size_t)width * colors);
        return;
    }
    for (uint32_t x = 0; x < width; x++, row += colors + 1) {
        uint32_t alpha = row[colors];
        for (int32_t channel = 0; channel < colors; channel++) {
            *target++ = (uint8_t)((row[channel] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
}

static void read_rows(reader *reader, uint8_t *pixels, uint32_t width, uint32_t height, int32_t colors) {
    png_structp png = reader->png;
    png_set_expand(png);
    png_set_scale_16(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);
    int32_t channels = png_get_channels(png, reader->info);
    if (png_get_image_width(png, reader->info) != width || png_get_image_height(png, reader->info) != height ||
        channels < colors || channels > colors + 1 || png_get_bit_depth(png, reader->info) != 8) {
        png_error(png, "unexpected layout");
    }
    // An interlaced picture comes in seven sparse ones, so all of it is kept; else one row is enough.
    size_t row_bytes = (size_t)width * channels;
    reader->rows = malloc(passes > 1 ? row_bytes * height : row_bytes);
    if (!reader->rows) png_error(png, "no memory");
    for (int pass = 1; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) png_read_row(png, reader->rows + y * row_bytes, NULL);
    }
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *row = passes > 1 ? reader->rows + y * row_bytes : reader->rows;
        png_read_row(png, row, NULL);
        flatten(row, pixels + (size_t)y * width * colors, width, colors, channels > colors);
    }
    png_read_end(png, NULL);
}

int32_t cpng_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height,
                    int32_t channels, char *message) {
    reader reader;
    int32_t status = begin(&reader, bytes, count, message);
    if (status == CPNG_OK && !setjmp(reader.back)) {
        open_picture(&reader);
        read_rows(&reader, pixels, width, height, channels);
    }
    if (status == CPNG_OK) status = reader.status;
    end(&reader);
    return status;
}
