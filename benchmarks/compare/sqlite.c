// Commits of one 330-byte row each to a SQLite database in WAL mode, one process, prepared statement: the least that a
// program pays there for an entry that others can see. Arguments: the database, NORMAL or FULL, the number of commits.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void must(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 4) return fprintf(stderr, "usage: sqlite DATABASE NORMAL|FULL COMMITS\n"), 2;
    int count = atoi(argv[3]);
    double *us = malloc(sizeof(double) * count), total = 0;
    char pragma[64], text[331];
    memset(text, 'x', 330);
    sqlite3 *db;
    sqlite3_stmt *insert;
    must(sqlite3_open(argv[1], &db), db);
    must(sqlite3_exec(db, "pragma journal_mode=wal", 0, 0, 0), db);
    snprintf(pragma, sizeof pragma, "pragma synchronous=%s", argv[2]);
    must(sqlite3_exec(db, pragma, 0, 0, 0), db);
    must(sqlite3_exec(db, "create table log (position integer primary key, entry text)", 0, 0, 0), db);
    must(sqlite3_prepare_v2(db, "insert into log (entry) values (?)", -1, &insert, 0), db);
    for (int i = 0; i < count; i++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        must(sqlite3_bind_text(insert, 1, text, 330, SQLITE_STATIC), db);
        must(sqlite3_step(insert), db);
        must(sqlite3_reset(insert), db);
        clock_gettime(CLOCK_MONOTONIC, &b);
        us[i] = (b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3;
        total += us[i];
    }
    qsort(us, count, sizeof(double), by_size);
    printf("%.2f %.2f %.0f\n", us[count / 2], us[count * 99 / 100], count / total * 1e6);
    sqlite3_finalize(insert);
    return sqlite3_close(db);
}
