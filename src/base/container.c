/*
 * Reads the quotas of control groups. These few small files are read with bare system calls: the file layer allocates, and
 * the allocator asks here for its limit. A quota that cannot be read is no quota.
 */
#define _GNU_SOURCE
#include "base/container.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"

#define PATH_SIZE 2048

/* The file's beginning as a C string; false when there is none. */
static bool read_small(const char *path, char *ret_bytes, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	size_t n = 0;
	ssize_t n_read;
	while (n + 1 < size && (n_read = read(file, ret_bytes + n, size - 1 - n)) > 0)
		n += (size_t)n_read;
	close(file);
	ret_bytes[n] = 0;
	return n > 0;
}

typedef int64_t quota_reader(const char *folder);

static int64_t number_in(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	char bytes[64];
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path ||
	    !read_small(path, bytes, sizeof bytes))
		return -1;
	char *end;
	long long value = strtoll(bytes, &end, 10);
	return end == bytes || value < 0 ? -1 : value;
}

static int64_t memory_v2(const char *folder) { return number_in(folder, "memory.max"); }
static int64_t memory_v1(const char *folder) { return number_in(folder, "memory.limit_in_bytes"); }

static int64_t ceiling(int64_t quota, int64_t period)
{
	return quota <= 0 || period <= 0 ? -1 : quota / period + (quota % period != 0);
}

static int64_t processors_v1(const char *folder)
{
	return ceiling(number_in(folder, "cpu.cfs_quota_us"), number_in(folder, "cpu.cfs_period_us"));
}

static int64_t processors_v2(const char *folder)
{
	char path[PATH_SIZE];
	char bytes[64];
	long long quota, period;
	if (snprintf(path, sizeof path, "%s/cpu.max", folder) >= (int)sizeof path ||
	    !read_small(path, bytes, sizeof bytes) || sscanf(bytes, "%lld %lld", &quota, &period) != 2)
		return -1;
	return ceiling(quota, period);
}

/* The least quota on the way from the group at mount + path up to the mount; -1: none. */
static int64_t least_upwards(const char *mount, const char *path, quota_reader *reader)
{
	char folder[PATH_SIZE];
	size_t n_mount = strlen(mount);
	int64_t least = -1;
	int n = snprintf(folder, sizeof folder, "%s%s", mount, path);
	for (size_t end = n < (int)sizeof folder ? (size_t)n : n_mount;; end--) {
		if (end > n_mount && folder[end] != '/' && folder[end] != 0)
			continue;
		folder[end] = 0;
		int64_t quota = reader(folder);
		if (quota >= 0 && (least < 0 || quota < least))
			least = quota;
		if (end <= n_mount)
			return least;
	}
}

static bool lists_controller(const char *list, size_t length, const char *name)
{
	size_t n = strlen(name);
	for (const char *at = list; at + n <= list + length; at++)
		if (memcmp(at, name, n) == 0 && (at == list || at[-1] == ',') &&
		    (at + n == list + length || at[n] == ','))
			return true;
	return false;
}

/* One line of /proc/self/cgroup, "number:controllers:path"; no controllers: version 2. */
static int64_t quota_of_line(char *line, const char *root, const char *controller, quota_reader *v2, quota_reader *v1)
{
	char mount[PATH_SIZE];
	char *controllers = strchr(line, ':');
	char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
	if (path == NULL)
		return -1;
	controllers++;
	size_t n = (size_t)(path - controllers);
	path++;
	if (n > 0 && !lists_controller(controllers, n, controller))
		return -1;
	int length = n == 0 ? snprintf(mount, sizeof mount, "%s/sys/fs/cgroup", root)
	                    : snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root, controller);
	return length < (int)sizeof mount ? least_upwards(mount, path, n == 0 ? v2 : v1) : -1;
}

static int64_t quota_of(const char *root, const char *controller, quota_reader *v2, quota_reader *v1)
{
	char path[PATH_SIZE];
	char groups[4096];
	char *rest;
	int64_t least = -1;
	if (snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= (int)sizeof path ||
	    !read_small(path, groups, sizeof groups))
		return -1;
	for (char *line = strtok_r(groups, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		int64_t quota = quota_of_line(line, root, controller, v2, v1);
		if (quota >= 0 && (least < 0 || quota < least))
			least = quota;
	}
	return least;
}

int64_t sj__container_memory(const char *root)
{
	int64_t n_pages = sysconf(_SC_PHYS_PAGES);
	int64_t page_size = sysconf(_SC_PAGESIZE);
	int64_t physical;
	if (n_pages <= 0 || page_size <= 0 || !sj__multiply_fits(n_pages, page_size, &physical))
		physical = INT64_MAX;
	int64_t quota = quota_of(root, "memory", memory_v2, memory_v1);
	return quota >= 0 && quota < physical ? quota : physical;
}

int sj__container_processors(const char *root)
{
	cpu_set_t allowed;
	int64_t n = sysconf(_SC_NPROCESSORS_ONLN);
	if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
		n = CPU_COUNT(&allowed);
	int64_t quota = quota_of(root, "cpu", processors_v2, processors_v1);
	if (quota > 0 && quota < n)
		n = quota;
	return n < 1 ? 1 : (int)n;
}
