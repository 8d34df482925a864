/* The append log, and what moves it: one file, written by several processes that may die or be cut short, read by others
 * at any moment, renamed into the backup, pruned, made anew under the same name. Mirrors AppendLog, AppendLogReader,
 * FileLogStore and Replica. README.md lists the properties; a name that begins with MUTANT_ takes one safeguard away.
 *
 * A file is a sequence of pieces. A record is newline, head, tail, newline: a writer can be cut behind any of them. A line
 * is an entry when it is a head and its own tail; anything else fails its checksum. */

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef ENTRIES
#define ENTRIES 2       /* proposals of each writer: 1 or 2 */
#endif
#ifndef CUTS
#define CUTS 2          /* writes that are short, refused or killed midway, in all */
#endif
#ifndef ROOM
#define ROOM 30         /* pieces in a file */
#endif

#define NEWLINE   1
#define HEAD(e)   (32 + e)
#define TAIL(e)   (64 + e)
#define TORN      255

/* Entry: generation (nonce) of the operation, writer, sequence number. */
#define ENTRY(g, w, s)  (((g) - 1) * 8 + (w) * 3 + (s))
#define LAST_ENTRY      16
#define GENERATION(e)   ((e) > 8 -> 2 : 1)
#define IN_GENERATION(e) ((e) > 8 -> (e) - 8 : (e))
#define WRITER_OF(e)    (IN_GENERATION(e) / 3)
#define NUMBER_OF(e)    (IN_GENERATION(e) % 3)

typedef File {
    byte piece[ROOM];
    byte length;
    byte links;
};
File file[3];           /* by generation; 0 is none */

#define LIVE    0       /* names: the live one, backup/id, backup/id~1, and one for each pruner */
#define BACKUP  1
#define BACKUP1 2
#define AWAY    3
byte at[5];             /* which file has the name */

typedef View {          /* one reader's place and fold */
    byte from;          /* the file its descriptor is of */
    byte offset;
    byte line;          /* nothing yet, a head, a whole entry, or TORN */
    byte count;
    byte last[3];       /* last number of each writer */
};
View view[3 * 2 + 2];           /* of writers by generation, then one reader of each generation */
#define VIEW(g, w)  (((g) - 1) * 3 + (w))

/* What really happened, for the assertions only. */
typedef Order { byte entry[8]; byte length; };
Order order[3];                     /* what the first to read it made of each file */
bool accepted[LAST_ENTRY + 1];
bool written[LAST_ENTRY + 1];       /* the append answered: written */
bool refused[LAST_ENTRY + 1];       /* the append answered: nothing of it is there or will be */
byte cuts = CUTS;

inline put(f, p) {
    assert(file[f].length < ROOM);
    file[f].piece[file[f].length] = p;
    file[f].length++
}

/* k of the four pieces of a record, or of the single newline that ends a tail. */
inline put_record(f, e, k) {
#ifndef MUTANT_NO_LEADING_NEWLINE
    if :: k > 0 -> put(f, NEWLINE) :: else fi;
#endif
    if :: k > 1 -> put(f, HEAD(e)) :: else fi;
    if :: k > 2 -> put(f, TAIL(e)) :: else fi;
    if :: k > 3 -> put(f, NEWLINE) :: else fi
}

inline deliver(v, e) {
    if
#ifndef MUTANT_NO_NONCE
    :: GENERATION(e) != view[v].from -> skip
#endif
#ifndef MUTANT_NO_DEDUPLICATION
    :: NUMBER_OF(e) <= view[v].last[WRITER_OF(e)] -> skip
#endif
    :: else ->
        assert(GENERATION(e) == view[v].from);    /* nobody of an earlier operation is heard in a later one */
        assert(!refused[e]);
        view[v].last[WRITER_OF(e)] = NUMBER_OF(e);
        if
        :: view[v].count == order[view[v].from].length ->
            assert(!accepted[e]);               /* no retry is applied twice */
            accepted[e] = true;
            order[view[v].from].entry[view[v].count] = e;
            order[view[v].from].length++
        :: else -> assert(order[view[v].from].entry[view[v].count] == e)  /* one order */
        fi;
        view[v].count++
    fi
}

inline read_piece(v) {
    piece = file[view[v].from].piece[view[v].offset];
    view[v].offset++;
    if
    :: piece == NEWLINE ->
        line = view[v].line;
        view[v].line = 0;
        if :: line > TAIL(0) && line != TORN -> line = line - 64; deliver(v, line) :: else fi
    :: piece > TAIL(0) && view[v].line == piece - 32 -> view[v].line = piece
    :: piece < TAIL(0) && piece != NEWLINE && view[v].line == 0 -> view[v].line = piece
    :: else -> view[v].line = TORN
    fi;
    piece = 0; line = 0
}

inline read_to_end(v) {
    d_step {
        do
        :: view[v].offset < file[view[v].from].length -> read_piece(v)
        :: else -> break
        od
    }
}

/* Reads piece by piece: a record may be seen while it grows. */
proctype Reader(byte v) {
    byte piece, line;
end:
    do
    :: d_step { view[v].offset < file[view[v].from].length -> read_piece(v) }
    od
}

proctype Writer(byte g; byte w) {
    byte s = 1, e, k, f, piece, line;
    bool tailUnknown, pruned, found;
    do
    :: s > ENTRIES -> break
    :: else ->
        e = ENTRY(g, w, s);
end_tail:
#ifdef MUTANT_NO_END_TAIL
        tailUnknown = false;
#endif
        if
        :: tailUnknown ->
            if
            :: put(g, NEWLINE)
            :: atomic { cuts > 0 -> cuts--; goto next }     /* it failed: the outcome stays unknown to the caller */
            fi;
            read_to_end(VIEW(g, w));
            tailUnknown = false;
            if :: view[VIEW(g, w)].last[w] >= s -> goto next :: else fi
        :: else
        fi;
        f = g;
#ifdef MUTANT_REOPEN
        f = at[LIVE];
        if :: f == 0 -> goto gone :: else fi;
#endif
#ifdef MUTANT_LINKS_BEFORE
        if :: file[f].links == 0 -> goto gone :: else fi;
#endif
        /* The kernel writes a record under the inode's lock. */
        atomic {
            pruned = file[f].links == 0;
            k = 4;
            if
            :: true
            :: cuts > 0 -> cuts--; select(k : 0 .. 3)
            fi;
            put_record(f, e, k)
        }
        if
        :: k == 4 -> skip
        :: k < 4 -> goto gone                               /* killed */
        :: k == 0 -> refused[e] = true; goto next           /* no space: nothing was written */
        :: k > 0 && k < 4 -> tailUnknown = true; goto end_tail
        fi;
#ifndef MUTANT_LINKS_BEFORE
        if :: file[f].links == 0 -> goto gone :: else fi;
#endif
        written[e] = f == g;
        assert(!pruned);                                    /* no append to a pruned log is acknowledged */
        read_to_end(VIEW(g, w));
        assert(view[VIEW(g, w)].last[w] >= s || f != g);    /* what was written is read back */
next:
        s++
    od;
gone:
    skip
}

#ifdef MOVING
/* Moves the log of one generation into the backup, looking at the nonce before and after. */
proctype Archiver(byte g) {
    byte target = BACKUP, moved;
    if
    :: at[LIVE] != g -> goto done
    :: else
    fi;
    if :: at[BACKUP] != 0 -> target = BACKUP1 :: else fi;
    atomic {
        if
        :: at[LIVE] == 0 || at[target] != 0 -> goto done
        :: else -> moved = at[LIVE]; at[target] = moved; at[LIVE] = 0
        fi
    }
    if
    :: at[target] == g -> goto done
    :: else
    fi;
#ifndef NO_PUT_BACK
    atomic { if :: at[LIVE] == 0 -> at[LIVE] = at[target]; at[target] = 0 :: else fi }
#endif
done:
    skip
}

/* Deletes what it found to be old: the first generation. */
proctype Pruner(byte mine) {
    byte doomed;
end:
    at[BACKUP] == 1;
#ifdef MUTANT_PRUNE_BY_NAME
    doomed = BACKUP;
#else
    /* Takes it away from others first, looks, and puts back what is not the one meant. */
    doomed = mine;
    atomic {
        if
        :: at[BACKUP] == 0 -> goto done
        :: else -> at[mine] = at[BACKUP]; at[BACKUP] = 0
        fi
    }
    if
    :: at[mine] == 1 -> skip
    :: else -> atomic {
        if
        :: at[BACKUP] == 0 -> at[BACKUP] = at[mine]
        :: else -> assert(at[BACKUP1] == 0); at[BACKUP1] = at[mine]
        fi;
        at[mine] = 0; goto done
      }
    fi;
#endif
    atomic {
        if :: at[doomed] != 0 -> assert(at[doomed] == 1); file[at[doomed]].links--; at[doomed] = 0 :: else fi
    }
done:
    skip
}

proctype Creator() {
    /* Refused while there is a live log or a history of that id. */
end:
    atomic { file[1].links == 0 && at[LIVE] == 0 && at[BACKUP] == 0 && at[BACKUP1] == 0 ->
        at[LIVE] = 2; file[2].links = 1;
        run Writer(2, 0) }
#ifdef ENDS_AGAIN
    run Archiver(2)
#endif
}
#endif

init {
    byte i, piece, line;
    atomic {
        for (i : 0 .. 2) { view[VIEW(1, i)].from = 1; view[VIEW(2, i)].from = 2 }
        view[6].from = 1; view[7].from = 2;
        i = 0;
        at[LIVE] = 1; file[1].links = 1;
#ifndef MOVING
        run Reader(6);
#endif
        do
        :: i < WRITERS -> run Writer(1, i); i++
        :: else -> i = 0; break
        od;
#ifdef MOVING
        run Archiver(1); run Archiver(1); run Pruner(3); run Creator();
#ifndef ONE_PRUNER
        run Pruner(4);
#endif
#endif
    }
    /* Everybody has come to rest. */
    timeout ->
    read_to_end(6); read_to_end(7);
    d_step {
        for (i : 1 .. LAST_ENTRY) { assert(!written[i] || accepted[i]) }    /* nothing acknowledged is lost */
        assert(view[6].count == order[view[6].from].length);                  /* and every reader has seen it */
        assert(view[7].count == order[view[7].from].length);
#ifdef MOVING
        assert(file[2].links == (at[LIVE] == 2) + (at[BACKUP] == 2) + (at[BACKUP1] == 2));
#endif
        i = 0
    }
}
