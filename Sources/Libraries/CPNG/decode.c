#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CPNG.h"

typedef struct reader {
    png_structp png;
    png_infop info;
    // What libpng has not read yet.
    const uint8_t *next;
    size_t left;
    uint32_t width, height;
    int32_t colors;
    // Where the picture goes.
    uint8_t *pixels;
    size_t room;
    // Rows as libpng gives them.
    uint8_t *rows;
    // On white; no entries for pictures without a palette.
    uint8_t palette[PNG_MAX_PALETTE_LENGTH][3];
    int palette_count;
    char *message;
    int32_t status;
    jmp_buf back;
} reader;

static _Noreturn void fail(reader *reader, int32_t status, const char *words) {
    strncpy(reader->message, words, CPNG_MESSAGE_BYTES - 1);
    reader->message[CPNG_MESSAGE_BYTES - 1] = 0;
    reader->status = status;
    longjmp(reader->back, 1);
}

// For errors, and for warnings too: of the chunks that are read each warning means damage.
static _Noreturn void stop(png_structp png, png_const_charp words) { fail(png_get_error_ptr(png), CPNG_BROKEN, words); }

static void take(png_structp png, png_bytep target, size_t count) {
    reader *reader = png_get_io_ptr(png);
    if (count > reader->left) fail(reader, CPNG_ENDS_EARLY, "end of data");
    memcpy(target, reader->next, count);
    reader->next += count;
    reader->left -= count;
}

// Everything up to the first pixel.
static void open_picture(reader *reader) {
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, stop, stop);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->info) fail(reader, CPNG_BROKEN, "no memory");
    png_set_read_fn(reader->png, reader, take);
    // The caller checks the size, so that it can say it.
    png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Chunks that make no pixels are passed over, so they may be of any length: they take no memory.
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(reader->png, 0);
    png_read_info(reader->png, reader->info);
    reader->width = png_get_image_width(reader->png, reader->info);
    reader->height = png_get_image_height(reader->png, reader->info);
    reader->colors = png_get_color_type(reader->png, reader->info) & PNG_COLOR_MASK_COLOR ? 3 : 1;
}

static uint8_t on_white(uint32_t value, uint32_t alpha) {
    return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

static void take_palette(reader *reader) {
    png_colorp colors = NULL;
    png_bytep alphas = NULL;
    int alpha_count = 0;
    png_get_PLTE(reader->png, reader->info, &colors, &reader->palette_count);
    png_get_tRNS(reader->png, reader->info, &alphas, &alpha_count, NULL);
    for (int index = 0; index < reader->palette_count; index++) {
        uint8_t alpha = index < alpha_count ? alphas[index] : 255;
        reader->palette[index][0] = on_white(colors[index].red, alpha);
        reader->palette[index][1] = on_white(colors[index].green, alpha);
        reader->palette[index][2] = on_white(colors[index].blue, alpha);
    }
}

// Asks libpng for bytes: palette indexes, or grey or RGB with alpha where anything is transparent.
static void set_up(reader *reader) {
    if (png_get_color_type(reader->png, reader->info) == PNG_COLOR_TYPE_PALETTE) {
        // libpng would show a colour outside of the palette as black; here it is damage.
        take_palette(reader);
        png_set_packing(reader->png);
    } else {
        png_set_expand(reader->png);
        png_set_scale_16(reader->png);
    }
}

static void put_row(reader *reader, const uint8_t *row, int32_t channels, uint8_t *target) {
    int32_t colors = reader->colors;
    for (uint32_t x = 0; x < reader->width; x++, row += channels, target += colors) {
        if (reader->palette_count > 0) {
            if (row[0] >= reader->palette_count) fail(reader, CPNG_BROKEN, "a colour outside of the palette");
            memcpy(target, reader->palette[row[0]], 3);
        } else {
            uint32_t alpha = channels > colors ? row[colors] : 255;
            for (int32_t channel = 0; channel < colors; channel++) target[channel] = on_white(row[channel], alpha);
        }
    }
}

static void read_picture(reader *reader) {
    open_picture(reader);
    size_t target_bytes = (size_t)reader->width * reader->colors;
    if (target_bytes * reader->height != reader->room) fail(reader, CPNG_BROKEN, "not the size that was asked for");
    set_up(reader);
    int passes = png_set_interlace_handling(reader->png);
    png_read_update_info(reader->png, reader->info);
    int32_t channels = png_get_channels(reader->png, reader->info);
    // An interlaced picture comes in seven sparse ones, so all of it is kept; else one row is enough.
    size_t row_bytes = png_get_rowbytes(reader->png, reader->info);
    size_t distance = passes > 1 ? row_bytes : 0;
    reader->rows = malloc(passes > 1 ? row_bytes * reader->height : row_bytes);
    if (!reader->rows) fail(reader, CPNG_BROKEN, "no memory");
    for (int pass = 1; pass < passes; pass++) {
        for (uint32_t y = 0; y < reader->height; y++) png_read_row(reader->png, reader->rows + y * distance, NULL);
    }
    for (uint32_t y = 0; y < reader->height; y++) {
        uint8_t *row = reader->rows + y * distance;
        png_read_row(reader->png, row, NULL);
        put_row(reader, row, channels, reader->pixels + y * target_bytes);
    }
    png_read_end(reader->png, NULL);
}

// Runs `body`, out of which failures jump, and releases what it took.
static int32_t attempt(reader *reader, void (*body)(struct reader *)) {
    reader->message[0] = 0;
    if (!setjmp(reader->back)) body(reader);
    free(reader->rows);
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    return reader->status;
}

int32_t cpng_recognizes(const uint8_t *bytes, size_t count) { return count >= 8 && png_sig_cmp(bytes, 0, 8) == 0; }

int32_t cpng_read_header(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height, int32_t *channels,
                         char *message) {
    reader reader = {.next = bytes, .left = count, .message = message};
    int32_t status = attempt(&reader, open_picture);
    *width = reader.width;
    *height = reader.height;
    *channels = reader.colors;
    return status;
}

int32_t cpng_decode(const uint8_t *bytes, size_t count, uint8_t *pixels, size_t room, char *message) {
    reader reader = {.next = bytes, .left = count, .pixels = pixels, .room = room, .message = message};
    return attempt(&reader, read_picture);
}
