/* Long logs, not built yet: a log as a sequence of segments. An entry seals a segment at its place in the order; what lands
 * behind the seal is void. The next segment begins with a header, the state at the seal, created exclusively by whoever
 * comes first. Old segments are deleted under sleeping writers. README.md lists the properties; a name that begins with
 * MUTANT_ takes one safeguard away. Appends are whole or did not happen: append-log.pml has the rest. */

#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef ENTRIES
#define ENTRIES 2
#endif
#ifndef SEALS
#define SEALS 2         /* seals that are proposed, in all; several may land in one segment */
#endif
#ifndef LOST
#define LOST 1          /* appends that are there, but whose writer does not know */
#endif
#define SEGMENTS (SEALS + 1)
#define ROOM     (WRITERS * ENTRIES + SEALS + LOST + 2)
#define SEAL     100
#define ENTRY(w, s)  ((w) * 8 + (s))

typedef Segment {
    bool there;
    byte entry[ROOM]; byte length;
    byte last[WRITERS];         /* the header: each writer's last number at the seal before */
    byte count;                 /* and how many entries were accepted before it */
};
Segment segment[SEGMENTS + 1];
byte seals = SEALS, lost = LOST;

/* What really happened: the order, as first read. */
byte order[WRITERS * ENTRIES + 1];
byte known;
bool written[WRITERS * 8];
byte accepted[WRITERS * 8];

/* A reader's place and fold. */
typedef View { byte number; byte place; byte count; byte last[WRITERS]; bool sealed; };
View view[WRITERS + 1];

/* Starts at a segment from its header. */
inline begin_at(v, n) {
    view[v].number = n; view[v].place = 0; view[v].sealed = false;
    view[v].count = segment[n].count;
    for (i : 0 .. WRITERS - 1) { view[v].last[i] = segment[n].last[i] }
    i = 0
}

inline read_entry(v) {
    r = segment[view[v].number].entry[view[v].place];
    view[v].place++;
    if
    :: r == SEAL -> view[v].sealed = true
    :: r != SEAL && r % 8 > view[v].last[r / 8] ->
        view[v].last[r / 8] = r % 8;
        if
        :: view[v].count == known ->
            assert(accepted[r] == 0);                       /* none twice */
            accepted[r]++; order[known] = r; known++
        :: else -> assert(order[view[v].count] == r)        /* one order */
        fi;
        view[v].count++
    :: else
    fi;
    r = 0
}

/* To the seal, or the end. */
inline read_on(v) {
    d_step {
        do
#ifdef MUTANT_NOT_VOID
        :: view[v].place < segment[view[v].number].length -> read_entry(v)
#else
        :: view[v].place < segment[view[v].number].length && !view[v].sealed -> read_entry(v)
#endif
        :: else -> break
        od
    }
}

inline newest(v) {
    d_step {
        n = SEGMENTS;
        do :: n > 0 && !segment[n].there -> n-- :: else -> break od;
        if :: n != view[v].number -> begin_at(v, n) :: else fi;
        n = 0
    }
}

/* On into the next segment: its header is what this one was folded into, which everyone computes alike. */
inline go_on(v) {
#ifdef MUTANT_HEADER_OVERWRITES
    atomic { if :: true -> n = !segment[view[v].number + 1].there fi }
#endif
    atomic {
        if
        :: segment[view[v].number].there == false -> n = 0
#ifdef MUTANT_HEADER_OVERWRITES
        :: segment[view[v].number].there && n ->
            segment[view[v].number + 1].length = 0;
#else
        :: segment[view[v].number].there && !segment[view[v].number + 1].there ->
#endif
            segment[view[v].number + 1].there = true;
            segment[view[v].number + 1].count = view[v].count;
            for (i : 0 .. WRITERS - 1) {
#ifndef MUTANT_HEADER_FORGETS
                segment[view[v].number + 1].last[i] = view[v].last[i]
#else
                segment[view[v].number + 1].last[i] = 0
#endif
            }
            i = 0
        :: else ->
            /* Another was first, with the same header. */
#ifndef MUTANT_HEADER_FORGETS
            for (i : 0 .. WRITERS - 1) { assert(segment[view[v].number + 1].last[i] == view[v].last[i]) }
            i = 0
#else
            skip
#endif
        fi;
        n = 0
    }
    newest(v)
}

proctype Writer(byte w) {
    byte s = 1, i, n, r, place, what, at;
    bool wantsSeal;
    begin_at(w, 1);
    do
    :: s > ENTRIES -> break
    :: else ->
        if
        :: !segment[view[w].number].there -> newest(w)      /* slept through its deletion */
        :: else
        fi;
        read_on(w);
        if
        :: view[w].last[w] >= s -> s++
        :: view[w].last[w] < s && view[w].sealed -> go_on(w)
        :: view[w].last[w] < s && !view[w].sealed ->
            wantsSeal = false;
            if :: true :: atomic { seals > 0 -> seals--; wantsSeal = true } fi;
            /* Into the segment it has open, whatever became of that meanwhile. */
            atomic {
                at = view[w].number;
                if
                :: segment[at].there ->
                    assert(segment[at].length < ROOM);
                    segment[at].entry[segment[at].length] = (wantsSeal -> SEAL : ENTRY(w, s));
                    segment[at].length++
                :: else
                fi
            }
            if
            :: atomic { lost > 0 && !wantsSeal -> lost--;
skip }    /* does not learn that it is there */
            :: true ->
                read_on(w);
                if :: view[w].last[w] >= s -> written[ENTRY(w, s)] = true; s++ :: else fi
            fi
        fi
    od
}

/* Reads from the first segment on, however far behind. */
proctype Reader(byte v) {
    byte i, n, r;
    begin_at(v, 1);
end:
    do
    :: d_step { segment[view[v].number].there && !view[v].sealed && view[v].place < segment[view[v].number].length ->
        read_entry(v) }
    :: view[v].sealed || !segment[view[v].number].there ->
        if
        :: segment[view[v].number].there -> go_on(v)
        :: !segment[view[v].number].there -> newest(v)
        fi
    od
}

/* Deletes what lies behind a successor. */
proctype Pruner() {
    byte n = 1;
end:
    do
    :: atomic { n < SEGMENTS && segment[n + 1].there -> segment[n].there = false; n++ }
    od
}

init {
    byte i;
    atomic {
        segment[1].there = true;
        do
        :: i < WRITERS -> run Writer(i); i++
        :: else -> i = 0; break
        od;
        run Reader(WRITERS); run Pruner()
    }
    timeout ->
    d_step {
        for (i : 0 .. WRITERS * 8 - 1) {
            assert(!written[i] || accepted[i] == 1)
            assert(i % 8 == 0 || i % 8 > ENTRIES || accepted[i] == 1)   /* every proposal got in: nothing is lost */
        }
        assert(view[WRITERS].count == known)
    }
}
