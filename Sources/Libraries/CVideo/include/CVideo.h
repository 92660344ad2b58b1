// Video4Linux for Swift: the request numbers and pixel formats that are macros, and the one field of a buffer whose type
// belongs to the C library.
#ifndef CVIDEO_H
#define CVIDEO_H

#include <stdint.h>

#include <linux/videodev2.h>

static inline unsigned long cvideo_query_capabilities(void) { return VIDIOC_QUERYCAP; }
static inline unsigned long cvideo_enumerate_formats(void) { return VIDIOC_ENUM_FMT; }
static inline unsigned long cvideo_set_format(void) { return VIDIOC_S_FMT; }
static inline unsigned long cvideo_set_parameters(void) { return VIDIOC_S_PARM; }
static inline unsigned long cvideo_request_buffers(void) { return VIDIOC_REQBUFS; }
static inline unsigned long cvideo_query_buffer(void) { return VIDIOC_QUERYBUF; }
static inline unsigned long cvideo_queue_buffer(void) { return VIDIOC_QBUF; }
static inline unsigned long cvideo_dequeue_buffer(void) { return VIDIOC_DQBUF; }
static inline unsigned long cvideo_stream_on(void) { return VIDIOC_STREAMON; }
static inline unsigned long cvideo_stream_off(void) { return VIDIOC_STREAMOFF; }

static inline uint32_t cvideo_can_capture(void) { return V4L2_CAP_VIDEO_CAPTURE; }
static inline uint32_t cvideo_can_stream(void) { return V4L2_CAP_STREAMING; }
static inline uint32_t cvideo_has_device_capabilities(void) { return V4L2_CAP_DEVICE_CAPS; }
static inline uint32_t cvideo_can_set_rate(void) { return V4L2_CAP_TIMEPERFRAME; }
static inline uint32_t cvideo_damaged(void) { return V4L2_BUF_FLAG_ERROR; }

/// Structures for the capture of single-plane video into mapped buffers, zero but for the fields that say so.
static inline struct v4l2_fmtdesc cvideo_format_description(uint32_t index) {
    struct v4l2_fmtdesc description = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    return description;
}
static inline struct v4l2_format cvideo_format(uint32_t width, uint32_t height, uint32_t pixels) {
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    format.fmt.pix.width = width;
    format.fmt.pix.height = height;
    format.fmt.pix.pixelformat = pixels;
    format.fmt.pix.field = V4L2_FIELD_NONE;
    return format;
}
static inline struct v4l2_streamparm cvideo_rate(uint32_t frames_per_second) {
    struct v4l2_streamparm parameters = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    parameters.parm.capture.timeperframe.numerator = 1;
    parameters.parm.capture.timeperframe.denominator = frames_per_second;
    return parameters;
}
static inline struct v4l2_requestbuffers cvideo_buffer_request(uint32_t count) {
    struct v4l2_requestbuffers request = {
        .count = count, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return request;
}
static inline struct v4l2_buffer cvideo_buffer(uint32_t index) {
    struct v4l2_buffer buffer = {.index = index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    return buffer;
}
static inline int32_t cvideo_stream_type(void) { return V4L2_BUF_TYPE_VIDEO_CAPTURE; }

/// Whether rows come in their order: one picture a buffer, not the half pictures of old television.
static inline int32_t cvideo_is_progressive(const struct v4l2_format *_Nonnull format) {
    return format->fmt.pix.field == V4L2_FIELD_NONE || format->fmt.pix.field == V4L2_FIELD_ANY ||
           format->fmt.pix.field == V4L2_FIELD_INTERLACED;
}
static inline uint32_t cvideo_offset(const struct v4l2_buffer *_Nonnull buffer) { return buffer->m.offset; }
/// When the frame was taken, on the system's monotonic clock.
static inline int64_t cvideo_nanoseconds(const struct v4l2_buffer *_Nonnull buffer) {
    return (int64_t)buffer->timestamp.tv_sec * 1000000000 + (int64_t)buffer->timestamp.tv_usec * 1000;
}

#endif
