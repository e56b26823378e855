/* SPDX-License-Identifier: Apache-2.0 */
/* base/json_print.c - a tree as text */
#include "base/json.h"

#include <string.h>

#include "base/str.h"

static void escape_one(struct strbuf *out, unsigned char c)
{
	switch (c) {
	case '"':
		strbuf_add(out, "\\\"");
		break;
	case '\\':
		strbuf_add(out, "\\\\");
		break;
	case '\n':
		strbuf_add(out, "\\n");
		break;
	case '\r':
		strbuf_add(out, "\\r");
		break;
	case '\t':
		strbuf_add(out, "\\t");
		break;
	default:
		strbuf_addf(out, "\\u%04x", c);
	}
}

void json_escape(struct strbuf *out, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	const unsigned char *run = p;

	strbuf_addc(out, '"');
	while (*p) {
		size_t n = str_utf8_length((const char *)p);

		if (n && *p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7f) {
			p += n;
			continue;
		}
		strbuf_addn(out, run, (size_t)(p - run));
		if (n)
			escape_one(out, *p);
		else
			strbuf_add(out, "\xef\xbf\xbd");
		run = ++p;
	}
	strbuf_addn(out, run, (size_t)(p - run));
	strbuf_addc(out, '"');
}

static void newline(struct strbuf *out, unsigned indent, unsigned depth)
{
	if (!indent)
		return;
	strbuf_addc(out, '\n');
	for (unsigned i = 0; i < indent * depth; i++)
		strbuf_addc(out, ' ');
}

static void print(struct strbuf *out, const struct json *v, unsigned indent,
		  unsigned depth)
{
	bool object = v->type == JSON_OBJECT;

	if (v->type == JSON_NULL) {
		strbuf_add(out, "null");
	} else if (v->type == JSON_BOOL) {
		strbuf_add(out, v->boolean ? "true" : "false");
	} else if (v->type == JSON_NUMBER) {
		strbuf_add(out, v->str);
	} else if (v->type == JSON_STRING) {
		json_escape(out, v->str);
	} else {
		strbuf_addc(out, object ? '{' : '[');
		json_foreach(k, v) {
			newline(out, indent, depth + 1);
			if (object) {
				json_escape(out, k->key);
				strbuf_add(out, indent ? ": " : ":");
			}
			print(out, k, indent, depth + 1);
			if (k->next)
				strbuf_addc(out, ',');
		}
		if (v->child)
			newline(out, indent, depth);
		strbuf_addc(out, object ? '}' : ']');
	}
}

void json_print(struct strbuf *out, const struct json *node, unsigned indent)
{
	print(out, node, indent, 0);
}
