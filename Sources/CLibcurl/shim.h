#pragma once
#include <curl/curl.h>

/* Swift does not import functions with variable arguments: one for each kind of option. */
static inline CURLcode waybill_curl_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode waybill_curl_response_code(CURL *handle, long *code) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, code);
}

/* What is sent, as far as it has been read. */
struct waybill_upload {
    const char *bytes;
    size_t count;
    size_t position;
};

static inline size_t waybill_upload_read(char *buffer, size_t size, size_t count, void *context) {
    struct waybill_upload *upload = context;
    size_t room = size * count;
    size_t left = upload->count - upload->position;
    size_t take = left < room ? left : room;
    for (size_t index = 0; index < take; index++) buffer[index] = upload->bytes[upload->position + index];
    upload->position += take;
    return take;
}

static inline CURLcode waybill_curl_upload(CURL *handle, struct waybill_upload *upload) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, waybill_upload_read);
    if (code != CURLE_OK) return code;
    code = curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    if (code != CURLE_OK) return code;
    return curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
}

/* The last line that the server said, or the first that refused something: a farewell follows it. */
struct waybill_reply {
    char text[256];
    size_t count;
};

static inline size_t waybill_reply_write(char *line, size_t size, size_t count, void *context) {
    struct waybill_reply *reply = context;
    size_t total = size * count;
    if (reply->count > 0 && (reply->text[0] == '4' || reply->text[0] == '5')) return total;
    reply->count = total < sizeof(reply->text) ? total : sizeof(reply->text);
    for (size_t index = 0; index < reply->count; index++) reply->text[index] = line[index];
    return total;
}

static inline CURLcode waybill_curl_reply(CURL *handle, struct waybill_reply *reply) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, waybill_reply_write);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_HEADERDATA, reply) : code;
}
