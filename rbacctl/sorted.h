/*
 * sorted.h - a place in an array that is sorted.
 */
#ifndef RBACCTL_SORTED_H
#define RBACCTL_SORTED_H

#include <stddef.h>
#include <string.h>

/* As for bsearch(3): KEY first, then an element. */
typedef int sorted_order_fn(const void *key, const void *element);

/* The index of the first of the N elements at V, of SIZE bytes each and sorted by ORDER, that is
 * not before KEY; N: all are. */
static inline size_t sorted_first(const void *key, const void *v, size_t n, size_t size,
				  sorted_order_fn *order)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (order(key, (const char *)v + mid * size) > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The order of elements whose first member is their name, a char pointer; KEY is a name. */
static inline int sorted_by_name(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

#endif
