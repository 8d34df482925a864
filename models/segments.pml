/* Long logs: a log as a sequence of segments. An entry seals a segment at its place in the order; what lands
 * behind the seal is void. The next segment begins with a header, the state at the seal, created exclusively by whoever
 * comes first. Old segments are deleted under sleeping writers. Who slept between looking for the next segment and creating it
 * may create one again that was deleted already; nobody appends before a listing showed no newer one. README.md lists the properties; a name that begins with
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
    byte nonce;                 /* which of those that bore this number */
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
typedef View { byte number; byte nonce; byte place; byte count; byte last[WRITERS]; bool sealed; bool listed; };
View view[WRITERS + 1];

#define IS_THERE(v)  (segment[view[v].number].there && segment[view[v].number].nonce == view[v].nonce)

/* Starts at a segment from its header. */
inline begin_at(v, n) {
    view[v].number = n; view[v].nonce = segment[n].nonce; view[v].place = 0; view[v].sealed = false;
#ifdef MUTANT_NO_LISTING
    view[v].listed = true;
#else
    view[v].listed = false;
#endif
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

inline find_newest() {
    n = SEGMENTS;
    do :: n > 0 && !segment[n].there -> n-- :: else -> break od
}

inline newest(v) {
    d_step {
        find_newest();
        if :: n != view[v].number || !IS_THERE(v) -> begin_at(v, n) :: else fi;
        n = 0
    }
}

/* At the end of a segment that was opened just now: is it over already? */
inline list(v) {
    d_step {
        find_newest();
        if :: n > view[v].number -> begin_at(v, n) :: else -> view[v].listed = true fi;
        n = 0
    }
}

/* On into the next segment: its header is what this one was folded into, which everyone computes alike. Between the look
 * and the creation anything may happen. */
inline go_on(v) {
    d_step { find_newest() }
    if
    :: n <= view[v].number -> create(v)
    :: else
    fi;
    d_step {
        if
        :: segment[view[v].number + 1].there ->
            /* Whoever made it, and whenever: with the same header. */
#ifndef MUTANT_HEADER_FORGETS
            for (i : 0 .. WRITERS - 1) { assert(segment[view[v].number + 1].last[i] == view[v].last[i]) }
            i = 0;
#endif
            n = view[v].number + 1
        :: else -> find_newest()
        fi;
        begin_at(v, n);
        n = 0
    }
}

inline create(v) {
    d_step {
        n = view[v].number + 1;
        if
#ifdef MUTANT_HEADER_OVERWRITES
        :: true ->
#else
        :: !segment[n].there ->
            segment[n].nonce++;
#endif
            segment[n].there = true;
            segment[n].length = 0;
            segment[n].count = view[v].count;
            for (i : 0 .. WRITERS - 1) {
#ifndef MUTANT_HEADER_FORGETS
                segment[n].last[i] = view[v].last[i]
#else
                segment[n].last[i] = 0
#endif
            }
            i = 0
        :: else
        fi;
        n = 0
    }
}

proctype Writer(byte w) {
    byte s = 1, i, n, r, place, what, at;
    bool wantsSeal;
    begin_at(w, 1);
    do
    :: s > ENTRIES -> break
    :: else ->
        if
        :: !IS_THERE(w) -> newest(w)      /* slept through its deletion */
        :: else
        fi;
        if :: IS_THERE(w) -> read_on(w) :: else fi;
        if
        :: view[w].last[w] >= s -> s++
        :: view[w].last[w] < s && view[w].sealed -> go_on(w)
        :: view[w].last[w] < s && !view[w].sealed && !view[w].listed -> list(w)
        :: view[w].last[w] < s && !view[w].sealed && view[w].listed ->
            wantsSeal = false;
            if :: true :: atomic { seals > 0 -> seals--; wantsSeal = true } fi;
            /* Into the segment it has open, whatever became of that meanwhile. */
            atomic {
                at = view[w].number;
                if
                :: IS_THERE(w) ->
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
                if :: IS_THERE(w) -> read_on(w) :: else fi;
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
    :: d_step { IS_THERE(v) && !view[v].sealed && view[v].place < segment[view[v].number].length -> read_entry(v) }
    :: IS_THERE(v) && !view[v].sealed && !view[v].listed && view[v].place == segment[view[v].number].length -> list(v)
    :: IS_THERE(v) && view[v].sealed -> go_on(v)
    :: !IS_THERE(v) -> newest(v)
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
