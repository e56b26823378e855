/* SPDX-License-Identifier: Apache-2.0 */
/* systemd/gvariant.c - see gvariant.h */
#include "systemd/gvariant.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

#define TEXT_MAX 4096

/* One value that is no container. type is that of D-Bus; 0: not read yet. */
struct value {
	char type;
	union {
		int boolean;
		uint8_t byte;
		int16_t i16;
		uint16_t u16;
		int32_t i32;
		uint32_t u32;
		int64_t i64;
		uint64_t u64;
		double real;
	} u;
	char text[TEXT_MAX];
};

static const struct {
	const char *word;
	char type;
} keywords[] = {
	{ "boolean", 'b' }, { "byte", 'y' },   { "int16", 'n' },      { "uint16", 'q' },
	{ "int32", 'i' },   { "uint32", 'u' }, { "int64", 'x' },      { "uint64", 't' },
	{ "double", 'd' },  { "string", 's' }, { "objectpath", 'o' },
};

static void skip_blanks(const char **s)
{
	while (**s == ' ' || **s == '\t')
		(*s)++;
}

static bool take_word(const char **s, const char *word)
{
	size_t n = strlen(word);
	char next;

	if (strncmp(*s, word, n) != 0)
		return false;
	next = (*s)[n];
	if ((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9') || next == '_')
		return false;
	*s += n;
	return true;
}

/* A signature behind '@': only arrays of what we know, or such a type itself. */
static char take_type(const char **s)
{
	char type = **s;

	if (!type || !strchr("bynqiuxtdso", type))
		return 0;
	(*s)++;
	return type;
}

static int read_string(const char **s, char *out)
{
	char quote = *(*s)++;
	size_t n = 0;

	while (**s && **s != quote) {
		char c = *(*s)++;

		if (c == '\\') {
			c = *(*s)++;
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
			else if (c != '\\' && c != '\'' && c != '"')
				return -EINVAL;
		}
		if (n + 1 >= TEXT_MAX)
			return -E2BIG;
		out[n++] = c;
	}
	if (**s != quote)
		return -EINVAL;
	(*s)++;
	out[n] = '\0';
	return 0;
}

static int fit_signed(struct value *v, int64_t n)
{
	switch (v->type) {
	case 'n':
		v->u.i16 = (int16_t)n;
		return v->u.i16 == n ? 0 : -ERANGE;
	case 'i':
		v->u.i32 = (int32_t)n;
		return v->u.i32 == n ? 0 : -ERANGE;
	default:
		v->u.i64 = n;
		return 0;
	}
}

static int fit_unsigned(struct value *v, uint64_t n)
{
	switch (v->type) {
	case 'y':
		v->u.byte = (uint8_t)n;
		return v->u.byte == n ? 0 : -ERANGE;
	case 'q':
		v->u.u16 = (uint16_t)n;
		return v->u.u16 == n ? 0 : -ERANGE;
	case 'u':
		v->u.u32 = (uint32_t)n;
		return v->u.u32 == n ? 0 : -ERANGE;
	default:
		v->u.u64 = n;
		return 0;
	}
}

static int read_number(const char **s, struct value *v)
{
	char digits[64];
	size_t n = strspn(*s, "+-.0123456789eE");
	uint64_t u;
	int64_t i;
	char *end;

	if (n == 0 || n >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, *s, n);
	digits[n] = '\0';
	*s += n;
	if (!v->type)
		v->type = strpbrk(digits, ".eE") ? 'd' : 'i';
	if (v->type == 'd') {
		v->u.real = strtod(digits, &end);
		return *end ? -EINVAL : 0;
	}
	if (strchr("yqut", v->type))
		return str_to_u64(digits, UINT64_MAX, &u) < 0 ? -EINVAL
							      : fit_unsigned(v, u);
	if (strchr("nix", v->type))
		return str_to_i64(digits, INT64_MIN, INT64_MAX, &i) < 0
			       ? -EINVAL
			       : fit_signed(v, i);
	return -EINVAL;
}

static int read_value(const char **s, struct value *v)
{
	skip_blanks(s);
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (take_word(s, keywords[i].word)) {
			if (v->type && v->type != keywords[i].type)
				return -EINVAL;
			v->type = keywords[i].type;
			skip_blanks(s);
			break;
		}
	if (**s == '\'' || **s == '"') {
		if (v->type && v->type != 's' && v->type != 'o')
			return -EINVAL;
		v->type = v->type ? v->type : 's';
		return read_string(s, v->text);
	}
	if (take_word(s, "true") || take_word(s, "false")) {
		if (v->type && v->type != 'b')
			return -EINVAL;
		v->type = 'b';
		v->u.boolean = (*s)[-2] == 'u';
		return 0;
	}
	return read_number(s, v);
}

static int append_value(sd_bus_message *m, const struct value *v)
{
	if (v->type == 's' || v->type == 'o')
		return sd_bus_message_append_basic(m, v->type, v->text);
	return sd_bus_message_append_basic(m, v->type, &v->u);
}

/* '[' was seen: the type is the first element's, if '@' did not give it */
static int append_array(sd_bus_message *m, const char **s, char type)
{
	struct value v = { .type = type };
	char signature[3] = { 'a', 0, 0 };
	const char *look = *s;
	int r = 0;

	skip_blanks(&look);
	if (!type) {
		if (*look == ']' || read_value(&look, &v) < 0)
			return -EINVAL;
		type = v.type;
	}
	signature[1] = type;
	r = sd_bus_message_open_container(m, 'v', signature);
	if (r >= 0)
		r = sd_bus_message_open_container(m, 'a', signature + 1);
	skip_blanks(s);
	while (r >= 0 && **s != ']') {
		v.type = type;
		r = read_value(s, &v);
		if (r >= 0)
			r = append_value(m, &v);
		skip_blanks(s);
		if (r >= 0 && **s != ']' && *(*s)++ != ',')
			return -EINVAL;
	}
	if (r < 0)
		return r;
	(*s)++;
	r = sd_bus_message_close_container(m);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

static int seconds_to_us(struct value *v)
{
	double s;

	switch (v->type) {
	case 'd':
		s = v->u.real;
		break;
	case 'i':
		s = v->u.i32;
		break;
	case 'u':
		s = v->u.u32;
		break;
	case 'x':
		s = (double)v->u.i64;
		break;
	case 't':
		s = (double)v->u.u64;
		break;
	default:
		return -EINVAL;
	}
	if (!(s >= 0 && s < 1e12))
		return -ERANGE;
	v->type = 't';
	v->u.u64 = (uint64_t)(s * 1e6);
	return 0;
}

static int append_variant(sd_bus_message *m, const char **s, bool seconds)
{
	struct value v = { 0 };
	char signature[2] = { 0, 0 };
	bool array = false;
	int r;

	skip_blanks(s);
	if (**s == '@') {
		(*s)++;
		array = **s == 'a';
		*s += array;
		v.type = take_type(s);
		if (!v.type)
			return -EINVAL;
		skip_blanks(s);
		if (array && **s != '[')
			return -EINVAL;
	}
	if (**s == '[') {
		(*s)++;
		return seconds || (v.type && !array) ? -EINVAL
						     : append_array(m, s, v.type);
	}
	r = read_value(s, &v);
	if (r >= 0 && seconds)
		r = seconds_to_us(&v);
	if (r < 0)
		return r;
	signature[0] = v.type;
	r = sd_bus_message_open_container(m, 'v', signature);
	if (r >= 0)
		r = append_value(m, &v);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

int gvariant_append(sd_bus_message *m, const char *name, const char *text,
		    struct err *err)
{
	bool seconds = str_has_suffix(name, "Sec") && !str_has_suffix(name, "USec");
	const char *s = text;
	size_t stem = strlen(name) - (seconds ? strlen("Sec") : 0);
	char buf[256];
	int r;

	r = snprintf(buf, sizeof(buf), "%.*s%s", (int)stem, name, seconds ? "USec" : "");
	if (r < 0 || (size_t)r >= sizeof(buf))
		return err_set(err, -ENAMETOOLONG,
			       "org.systemd.property: the name is too long");
	r = sd_bus_message_open_container(m, 'r', "sv");
	if (r >= 0)
		r = sd_bus_message_append(m, "s", buf);
	if (r >= 0)
		r = append_variant(m, &s, seconds);
	skip_blanks(&s);
	if (r >= 0 && *s)
		r = -EINVAL;
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	if (r < 0)
		return err_set(err, r,
			       "org.systemd.property.%s: %s is not a value that is "
			       "understood here",
			       name, str_quote(text));
	return 0;
}
