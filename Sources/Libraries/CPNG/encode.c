// Apart from decode.c, so that a program that does not encode is linked without libpng's encoder.
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "CPNG.h"

typedef struct writer {
    png_structp png;
    png_infop info;
    const uint8_t *pixels;
    uint32_t width, height;
    int32_t channels;
    // The file so far.
    uint8_t *bytes;
    size_t count, room;
    char *message;
    int32_t status;
    jmp_buf back;
} writer;

static _Noreturn void fail(writer *writer, const char *words) {
    strncpy(writer->message, words, CPNG_MESSAGE_BYTES - 1);
    writer->message[CPNG_MESSAGE_BYTES - 1] = 0;
    writer->status = CPNG_BROKEN;
    longjmp(writer->back, 1);
}

static _Noreturn void stop(png_structp png, png_const_charp words) { fail(png_get_error_ptr(png), words); }

// Appends; the room doubles, so that a large picture is not moved for every piece.
static void put(png_structp png, png_bytep bytes, size_t count) {
    writer *writer = png_get_io_ptr(png);
    if (count > writer->room - writer->count) {
        size_t room = writer->room + count > 2 * writer->room ? writer->room + count : 2 * writer->room;
        uint8_t *larger = realloc(writer->bytes, room);
        if (!larger) fail(writer, "no memory");
        writer->bytes = larger;
        writer->room = room;
    }
    memcpy(writer->bytes + writer->count, bytes, count);
    writer->count += count;
}

static void nothing(png_structp png) { (void)png; }

static void write_picture(writer *writer) {
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, stop, stop);
    if (writer->png) writer->info = png_create_info_struct(writer->png);
    if (!writer->info) fail(writer, "no memory");
    png_set_write_fn(writer->png, writer, put, nothing);
    png_set_IHDR(writer->png, writer->info, writer->width, writer->height, 8,
                 writer->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writer->png, writer->info);
    size_t row = (size_t)writer->width * writer->channels;
    for (uint32_t y = 0; y < writer->height; y++) png_write_row(writer->png, writer->pixels + y * row);
    png_write_end(writer->png, NULL);
}

// What is written in `writer` survives a failure's jump: it is no variable of this function.
static int32_t attempt(writer *writer) {
    writer->message[0] = 0;
    if (!setjmp(writer->back)) write_picture(writer);
    png_destroy_write_struct(&writer->png, &writer->info);
    return writer->status;
}

int32_t cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int32_t channels, uint8_t **encoded,
                    size_t *count, char *message) {
    writer writer = {
        .pixels = pixels, .width = width, .height = height, .channels = channels, .message = message};
    int32_t status = attempt(&writer);
    *encoded = writer.bytes;
    *count = writer.count;
    return status;
}

void cpng_free(uint8_t *encoded) { free(encoded); }
