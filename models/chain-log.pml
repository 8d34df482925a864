/* The chain log: entry n is a file of its own, published under its number by an exclusive step, in a directory that others
 * rename into the backup, prune and make anew. Mirrors ChainLog, UnixDisk.TryPublish, FileLogStore and Replica. README.md
 * lists the properties; a name that begins with MUTANT_ takes one safeguard away.
 *
 * Every call names a path, and a path leads to whatever directory has it at that moment. */

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef ENTRIES
#define ENTRIES 2       /* proposals of each writer: 1 or 2 */
#endif
#ifndef LOST
#define LOST 1          /* links whose reply is lost: done, never done, or done later */
#endif
#ifndef STALE
#define STALE 1         /* looks that say "does not exist" although it does */
#endif
#ifndef KILLS
#define KILLS 1
#endif
#define ROOM 9          /* numbers in a directory; 1 is the first entry, always there */

#define ENTRY(g, w, s)   (((g) - 1) * 8 + (w) * 3 + (s))
#define LAST_ENTRY       16
#define GENERATION(e)    ((e) > 8 -> 2 : 1)
#define IN_GENERATION(e) ((e) > 8 -> (e) - 8 : (e))
#define WRITER_OF(e)     (IN_GENERATION(e) / 3)
#define NUMBER_OF(e)     (IN_GENERATION(e) % 3)
#define NEWLINE          20     /* a record that only takes a number */
#ifndef LATER_WRITERS
#define LATER_WRITERS 1
#endif
#define EMPTY            21     /* a name without content yet */

/* Names in a directory: those that bear its log's nonce, and those that bear the other generation's. */
typedef Directory { byte own[ROOM]; byte other[ROOM]; bool there; };
Directory dir[3];       /* by generation; 0 is none */
#define LIVE   0
#define BACKUP 1
byte at[2];             /* which directory has the path */

#ifdef MUTANT_NO_NONCE
#define BEARS(d, g)  true
#else
#define BEARS(d, g)  (d == g)
#endif
#define NAMED(d, g, n)  ((d) == 0 -> 0 : (BEARS(d, g) -> dir[d].own[n] : dir[d].other[n]))
/* Whether a path leads to this log: its directory bears its mark, which was there before it had a name. */
#ifdef MUTANT_HERE_BY_LAST_ENTRY
#define IS_HERE(p, g, last) ((last) > 1 -> NAMED(at[p], g, last) != 0 : at[p] == g)
#else
#define IS_HERE(p, g, last) (at[p] == g)
#endif

/* What really happened, for the assertions only. */
typedef Order { byte record[ROOM]; };
Order order[3];         /* what the first to read each number found */
bool accepted[LAST_ENTRY + 1], acknowledged[LAST_ENTRY + 1];
byte lost = LOST, stale = STALE, kills = KILLS;


inline put_name(d, g, n, r) {
    if :: BEARS(d, g) -> dir[d].own[n] = r :: else -> dir[d].other[n] = r fi
}

/* One number read: final, the same for all, each entry once. */
inline deliver(g, r, seen) {
    assert(order[g].record[last + 1] == 0 || order[g].record[last + 1] == r);   /* one order, for good */
    if
    :: r == NEWLINE -> skip
    :: r != NEWLINE ->
        assert(GENERATION(r) == g);     /* nobody of an earlier operation is heard in a later one */
        if
        :: WRITER_OF(r) == w && NUMBER_OF(r) > seen -> seen = NUMBER_OF(r)
        :: else
        fi;
        if
        :: order[g].record[last + 1] == 0 -> assert(!accepted[r]); accepted[r] = true   /* none twice */
        :: else
        fi
    fi;
    order[g].record[last + 1] = r;
    last++
}

/* Reads on, as far as this look shows. What was found counts if the log is there behind the look. */
inline read_on() {
    do
    :: atomic { NAMED(at[path], g, last + 1) != 0 && NAMED(at[path], g, last + 1) != EMPTY ->
        r = NAMED(at[path], g, last + 1) }
#ifndef MUTANT_READ_ANYWHERE
        if :: !IS_HERE(path, g, last) -> r = 0; break :: else fi;
#endif
        d_step { deliver(g, r, seen); r = 0 }
    :: atomic { stale > 0 && NAMED(at[path], g, last + 1) != 0 -> stale-- } break
    :: NAMED(at[path], g, last + 1) == 0 || NAMED(at[path], g, last + 1) == EMPTY -> break
    od
}

/* Looked for twice, live and in the backup. */
inline follow(found) {
    found = true;
    if
    :: IS_HERE(LIVE, g, last) -> path = LIVE
    :: else -> if
      :: IS_HERE(BACKUP, g, last) -> path = BACKUP
      :: else -> if
        :: IS_HERE(LIVE, g, last) -> path = LIVE
        :: else -> if
          :: IS_HERE(BACKUP, g, last) -> path = BACKUP
          :: else -> found = false
          fi
        fi
      fi
    fi
}

/* A link request that reaches the server late. The temporary name may still be there. */
proctype Late(byte d; byte g; byte n; byte r) {
    atomic {
        if
        :: dir[d].there && NAMED(d, g, n) == 0 -> put_name(d, g, n, r)
        :: true
        fi
    }
}

#define MAYBE_KILLED  if :: true :: atomic { kills > 0 -> kills--; goto dead } fi
#define WRITTEN 1
#define UNKNOWN 2
#define BEHIND  3
#define GONE    4

/* One append of record what at number last + 1: ChainLog.Append. */
inline append(what) {
    answer = 0;
    do
    :: answer != 0 -> break
    :: else ->
        old = path;
        temporary = at[path];
        MAYBE_KILLED;
        atomic {
            ok = false; failed = false;
#ifdef MUTANT_NOT_EXCLUSIVE
            if
            :: temporary != 0 && at[path] == temporary && NAMED(temporary, g, last + 1) == 0 -> ok = true; own = temporary == g
            :: else
            fi
        }
        atomic {
            if
            :: ok -> put_name(temporary, g, last + 1, what)
#else
            if
            :: temporary == 0 || at[path] != temporary -> failed = true
            :: temporary != 0 && at[path] == temporary && NAMED(temporary, g, last + 1) == 0 ->
                if
                :: true -> ok = true; own = temporary == g;
                    assert(last == 1 || temporary != g || NAMED(g, g, last) != 0);      /* no hole */
#ifdef MUTANT_CREATE_THEN_WRITE
                    put_name(temporary, g, last + 1, EMPTY)
#else
                    put_name(temporary, g, last + 1, what);
                    if :: true :: lost > 0 -> lost--; ok = false fi
#endif
                :: lost > 0 -> lost--
                :: lost > 0 -> lost--; run Late(temporary, g, last + 1, what)
                fi
#endif
            :: else
            fi
        }
#ifdef MUTANT_CREATE_THEN_WRITE
        MAYBE_KILLED;
        if :: ok -> put_name(temporary, g, last + 1, what) :: else fi;
#endif
        MAYBE_KILLED;
        /* Not the reply, what lies under the name decides. */
        atomic {
            if
            :: !ok && !failed ->
                if
                :: NAMED(at[path], g, last + 1) == 0 -> failed = true
                :: NAMED(at[path], g, last + 1) != 0 && stale > 0 -> stale--; failed = true
                :: NAMED(at[path], g, last + 1) == what -> ok = true; own = at[path] == g
                :: NAMED(at[path], g, last + 1) != 0 && NAMED(at[path], g, last + 1) != what -> answer = BEHIND
                fi
            :: else
            fi
        }
        if
        :: answer != 0
#ifdef MUTANT_NO_LOOK_AFTER
        :: answer == 0 && ok -> answer = WRITTEN
#endif
        :: answer == 0 && IS_HERE(path, g, last) -> answer = (ok -> WRITTEN : UNKNOWN)
        :: else ->
            /* The log is not in its directory any more, whatever became of the attempt. */
            follow(found);
            /* What lies in the log of a later operation is void, and this writer's to remove. */
#ifdef MUTANT_DELETE_BY_PATH
            later = !found || path != old;
#else
            later = at[old] != 0 && at[old] != g;
#endif
            if
            :: later -> d_step {
                if
                :: NAMED(at[old], g, last + 1) != 0 ->
                    assert(at[old] != g);                   /* a published name is final */
                    put_name(at[old], g, last + 1, 0)
                :: else
                fi }
            :: else
            fi;
            atomic {
                if
                :: !found -> answer = GONE
                :: found && NAMED(at[path], g, last + 1) == 0
                :: found && NAMED(at[path], g, last + 1) == what -> answer = WRITTEN; own = at[path] == g
                :: else -> answer = BEHIND
                fi
            }
        fi
    od
}

proctype Writer(byte g; byte w) {
    byte s = 1, e, path = LIVE, old, last = 1, seen, temporary, answer, r;
    bool ok, failed, found, tailUnknown, own, later;
    do
    :: s > ENTRIES -> break
    :: else ->
        e = ENTRY(g, w, s);
        do
        :: tailUnknown ->
#ifndef MUTANT_NO_END_TAIL
            append(NEWLINE);
            if
            :: answer == UNKNOWN -> break           /* gives up: it says that the outcome is unknown */
            :: answer == GONE -> goto dead
            :: else
            fi;
#endif
            read_on();
            tailUnknown = false;
            if :: seen >= s -> acknowledged[e] = true; break :: else fi
        :: else ->
            append(e);
            if
            :: answer == GONE -> goto dead
            :: answer == UNKNOWN -> tailUnknown = true
            :: answer == BEHIND -> read_on()
            :: answer == WRITTEN ->
                assert(own);                                    /* what is written is, or was, in its own log */
                NAMED(at[path], g, last + 1) != 0 || !IS_HERE(path, g, last);
                read_on();
                do
                :: seen < s && dir[g].there ->
                    follow(found); read_on()
                :: else -> break
                od
            fi;
            if :: seen >= s -> acknowledged[e] = true; break :: else fi;
            if :: !dir[g].there -> goto dead :: else fi
        od;
        s++
    od;
dead:
    skip
}

#ifdef MOVING
/* Reads at any moment, wherever the log is by then. */
proctype Reader(byte g) {
    byte w = 7, path = LIVE, last = 1, seen, r;
    bool found = true;
    do
    :: found -> read_on(); follow(found)
    :: found -> break
    :: !found -> break
    od
}

proctype Archiver(byte g) {
    if :: at[LIVE] != g -> goto done :: else fi;
    atomic {
        if
        :: at[LIVE] == 0 || at[BACKUP] != 0 -> goto done
        :: else -> at[BACKUP] = at[LIVE]; at[LIVE] = 0
        fi
    }
    if :: at[BACKUP] == g -> goto done :: else fi;
    atomic { if :: at[LIVE] == 0 -> at[LIVE] = at[BACKUP]; at[BACKUP] = 0 :: else fi }
done:
    skip
}

/* One pruner; two of them are modelled in append-log.pml. */
proctype Pruner() {
    byte n;
end:
    atomic { at[BACKUP] == 1 ->
        at[BACKUP] = 0; dir[1].there = false;
        for (n : 0 .. ROOM - 1) { dir[1].own[n] = 0; dir[1].other[n] = 0 }
        n = 0 }
}

proctype Creator() {
    byte i;
end:
    atomic { !dir[1].there && at[LIVE] == 0 && at[BACKUP] == 0 ->
        at[LIVE] = 2; dir[2].there = true; dir[2].own[1] = NEWLINE;
        do
        :: i < LATER_WRITERS -> run Writer(2, i); i++
        :: else -> i = 0; break
        od }
}
#endif

init {
    byte i, g;
    atomic {
        at[LIVE] = 1; dir[1].there = true; dir[1].own[1] = NEWLINE;
        do
        :: i < WRITERS -> run Writer(1, i); i++
        :: else -> i = 0; break
        od;
#ifdef MOVING
        run Archiver(1); run Pruner(); run Creator();
#ifndef ONE_ARCHIVER
        run Archiver(1);
#endif
#ifdef WITH_READER
        /* One entry is there already, that neither the reader nor the writer has read. */
        dir[1].own[2] = NEWLINE; order[1].record[2] = NEWLINE;
        run Reader(1);
#endif
#endif
    }
    timeout ->
    d_step {
        for (g : 1 .. 2) {
            for (i : 2 .. ROOM - 1) {
                if
                :: dir[g].there ->
                    assert(dir[g].own[i] != EMPTY);                                     /* nobody has to wait for the dead */
                    assert(dir[g].own[i] == 0 || i == 2 || dir[g].own[i - 1] != 0);     /* no hole */
                    assert(order[g].record[i] == 0 || order[g].record[i] == dir[g].own[i])  /* what was read stays */
                :: else
                fi
            }
        }
        for (i : 1 .. LAST_ENTRY) { assert(!acknowledged[i] || accepted[i]) }
        i = 0; g = 0
    }
}
