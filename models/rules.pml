/* The four rules, removal and fencing: a fold over entries (Fold, Recovery, Transition) and participants that decide by
 * what they saw then (Plan) and whose entries arrive later. README.md lists the properties; a name that begins with MUTANT_
 * takes one safeguard away.
 *
 * Participant 0 is the initiator and pushes frame 0; 1 pushes frame 1 below it, which names a supervisor; 2 is that
 * supervisor and pushes frame 2, below frame 1 or (a tree) below frame 0. 3 is the supervisor started again: a new
 * incarnation. 4, if there is one, is no member: the visitor that looks after what nobody is left of. */

#ifndef FAULTS
#define FAULTS 2        /* participants that are killed, freeze, or hang */
#endif
#ifndef WAKES
#define WAKES 1         /* frozen or hanging ones that go on later */
#endif
#ifdef VISITOR
#define ACTORS 5
#else
#define ACTORS 4
#endif
#define NOBODY 7

/* Health */
#define WELL    0
#define DEAD    1
#define FROZEN  2       /* does not beat, and may go on later */
#define HANGING 3       /* beats, but neither cleans its frames nor ends its callbacks */
#define NEVER   4       /* not started */
byte health[5];
byte faults = FAULTS, wakes = WAKES;

/* The state that everyone folds. */
#define RUNNING 0
#define CLEANUP 1
#define FAILED  2
#define COMPLETED 3
byte status;
#define ABSENT  0
#define JOINED  1
#define CRASHED 2
byte member[5];
#define UNBORN  0
#define ACTIVE  1
#define BROKEN  2       /* crashed, not cleaned */
#define CLEANED 3
#define GONE    4
byte frame[3];
bool cancelled[3];
bool tree;              /* frame 2 is called by frame 0 */
bool contained;         /* frame 1 is the root of a failure domain */
byte registered = NOBODY;
bool registrationDead;
byte overrunBy = NOBODY;        /* supervisor that counts as dead for frame 1 */
bool notice;                    /* frame 1's crash has yet to be confirmed */
bool abandoned;

#define CALLER(f)   ((f) == 0 -> NOBODY : ((f) == 1 || tree -> 0 : 1))
#define IN_DOMAIN(f) (contained && ((f) == 1 || ((f) == 2 && !tree)))
#define ABOVE(a, f) (((a) == 0 && (f) > 0) || ((a) == 1 && (f) == 2 && !tree))
#define TERMINAL    (status >= FAILED)
#define DEAD_FOR_FRAME (registrationDead || overrunBy == registered)
#define RULE(f)     ((f) != 1 -> 2 : (registered == NOBODY || DEAD_FOR_FRAME -> 4 : 3))
#define ENDING(f)   (status == CLEANUP || cancelled[f])

/* Entries under way, one at most of each participant: decided by what was seen then, appended later. */
#define NONE        0
#define JOIN        1
#define START       2
#define END         3
#define FAIL        4
#define REMOVE      5
#define CRASH       6   /* x: the accused */
#define HUNG        7   /* x: the frame */
#define REGISTER    8
#define SUPERVISOR_DIED 9       /* x: its incarnation */
#define OVERRAN     10  /* x: its incarnation */
#define NOTIFIED    11
#define CLEAN       12  /* x: the frame; rule and supervisor as seen */
#define ABORT       13
#define COMPLETE    14
#define ABANDON     15
typedef Entry { byte kind; byte x; byte rule; byte supervisor; };
Entry mine[5];

/* What really happened, for the assertions only. */
bool fenced[5];
byte cleanedCount[3];
bool deleted[3];                /* somebody deleted the frame's resources */
bool told;
bool saidDead[5];               /* an accepted entry said that this incarnation supervises no more */
bool stuck;                     /* a callback hangs */
bool tried[3];

inline go_to_cleanup() { status = CLEANUP }

inline cancel(f) {
    if :: frame[f] == ACTIVE && IN_DOMAIN(f) -> cancelled[f] = true :: else fi
}

inline propagate(f) {
    if
    :: status != RUNNING || cancelled[f] -> skip
    :: else ->
        if
        :: IN_DOMAIN(f) -> cancel(1); cancel(2)
        :: else -> go_to_cleanup()
        fi
    fi
}

#define HELD(f) ((ABOVE(f, 1) && frame[1] == ACTIVE) || (ABOVE(f, 2) && frame[2] == ACTIVE))
#define WAITS_FOR_CALLER(f) (status != RUNNING && f > 0 \
    && frame[CALLER(f)] != GONE && frame[CALLER(f)] != CLEANED)
#ifdef MUTANT_NO_WAITING_FOR_CALLER
#define FREE(f) (frame[f] == CLEANED && !HELD(f))
#else
#ifdef MUTANT_ANCESTORS_NOT_HELD
#define FREE(f) (frame[f] == CLEANED && !WAITS_FOR_CALLER(f))
#else
#define FREE(f) (frame[f] == CLEANED && !HELD(f) && !WAITS_FOR_CALLER(f))
#endif
#endif

/* Said anew, by the words of the semantics: whoever is settled and leaves has no active frame below, and its caller is
 * not active and not unsettled (not asked while the operation runs). */
inline leave_settled(f) {
    assert(!(f == 0 && (frame[1] == ACTIVE || frame[2] == ACTIVE)));
    assert(!(f == 1 && !tree && frame[2] == ACTIVE));
    assert(status == RUNNING || f == 0 || (f == 2 && !tree && frame[1] > BROKEN) || frame[0] > BROKEN);
    frame[f] = GONE
}

inline settle() {
#ifdef MUTANT_SETTLE_ONCE
    if
    :: FREE(2) -> leave_settled(2)
    :: else -> if :: FREE(1) -> leave_settled(1) :: else -> if :: FREE(0) -> leave_settled(0) :: else fi fi
    fi;
#else
    do
    :: FREE(0) -> leave_settled(0)
    :: !FREE(0) && FREE(1) -> leave_settled(1)
    :: !FREE(0) && !FREE(1) && FREE(2) -> leave_settled(2)
    :: else -> break
    od;
#endif
    if
    :: status == CLEANUP && (frame[0] == UNBORN || frame[0] == GONE) && (frame[1] == UNBORN || frame[1] == GONE) &&
        (frame[2] == UNBORN || frame[2] == GONE) -> status = FAILED
    :: else
    fi
}

inline crash_frame(f) {
    frame[f] = BROKEN;
    if :: f == 1 -> notice = true :: else fi
}

inline accuse_member(a) {
    member[a] = CRASHED;
    fenced[a] = true;
    if :: registered == a -> registrationDead = true; saidDead[a] = true :: else fi;
    if
    :: a < 3 && frame[a] == ACTIVE -> crash_frame(a); broke = true
    :: else -> broke = false
    fi;
    if :: a == 0 && status == RUNNING -> go_to_cleanup() :: else fi;
    if :: broke -> propagate(a) :: else fi
}

#define OPEN_TO_ALL(k) (k == JOIN || k == CRASH || k == HUNG || k == SUPERVISOR_DIED || k == OVERRAN || k == CLEAN \
    || k == ABORT || k == ABANDON || (k == NOTIFIED && TERMINAL))

/* Who may propose what at all. */
#ifdef MUTANT_NO_FENCING
#define MAY_SPEAK(i, k) ((member[i] != ABSENT || OPEN_TO_ALL(k)) && (!TERMINAL || k == NOTIFIED))
#else
#define MAY_SPEAK(i, k) (member[i] != CRASHED && (member[i] == JOINED || OPEN_TO_ALL(k)) && (!TERMINAL || k == NOTIFIED))
#endif
#define SETTLED_ALL (member[0] != JOINED && member[1] != JOINED && member[2] != JOINED && member[3] != JOINED)
#define STACK_EMPTY ((frame[0] == UNBORN || frame[0] == GONE) && (frame[1] == UNBORN || frame[1] == GONE) \
    && (frame[2] == UNBORN || frame[2] == GONE))
#ifdef MUTANT_RULE_NOT_CHECKED
#define RULE_IS_CURRENT(i) true
#else
#define RULE_IS_CURRENT(i) (mine[i].rule == RULE(x) && (x != 1 || mine[i].supervisor == registered) \
    && (mine[i].rule != 3 || registered == i))
#endif
#ifdef MUTANT_STATUS_NOT_CHECKED
#define MAY_BE_CLEANED(f) (frame[f] == BROKEN || frame[f] == CLEANED)
#else
#define MAY_BE_CLEANED(f) (frame[f] == BROKEN)
#endif

/* The fold: what one more entry does. Anything else it says is rejected, and changes nothing. */
inline apply(i) {
    k = mine[i].kind; x = mine[i].x;
    if
    :: !MAY_SPEAK(i, k) -> skip
    :: else ->
        if
        :: k == JOIN && member[i] == ABSENT -> member[i] = JOINED
        :: k == START && status == RUNNING &&
            (i == 0 || (frame[CALLER(i)] == ACTIVE && !cancelled[CALLER(i)])) ->
            assert(!fenced[i]); frame[i] = ACTIVE
        :: k == END && frame[i] == ACTIVE && status == RUNNING && !cancelled[i] ->
            assert(!fenced[i]); frame[i] = GONE; settle()
        :: k == FAIL && frame[i] == ACTIVE && status == RUNNING && !cancelled[i] ->
            assert(!fenced[i]); frame[i] = GONE; propagate(i); settle()
        :: k == REMOVE && frame[i] == ACTIVE && ENDING(i) ->
            assert(!fenced[i]); frame[i] = GONE; settle()
        :: k == CRASH && member[x] == JOINED -> assert(!fenced[i]); accuse_member(x); settle()
        :: k == HUNG && frame[x] == ACTIVE && ENDING(x) ->
            assert(!fenced[i]); crash_frame(x); propagate(x); settle()
        :: k == REGISTER && !(registered == i && !registrationDead) ->
            assert(!fenced[i]); registered = i; registrationDead = false
        :: k == SUPERVISOR_DIED && registered == x && !registrationDead ->
            assert(!fenced[i]); registrationDead = true; saidDead[x] = true
        :: k == OVERRAN && registered == x && !registrationDead && frame[1] == BROKEN && overrunBy != x ->
            assert(!fenced[i]); overrunBy = x; saidDead[x] = true
        :: k == NOTIFIED && notice && (TERMINAL || (registered == i && !registrationDead)) ->
            assert(!fenced[i]); assert(told); notice = false
        :: k == CLEAN && MAY_BE_CLEANED(x) && RULE_IS_CURRENT(i) ->
            assert(!fenced[i]);
            assert(deleted[x]);                             /* effects come before what records them */
            assert(cleanedCount[x] == 0);                   /* one accepted entry for each crashed frame */
            assert(x != 1 || registered == NOBODY || registered == i || saidDead[registered]);  /* rule 4, rule 3 */
            cleanedCount[x]++;
            frame[x] = CLEANED; settle()
        :: k == ABORT && status == RUNNING -> assert(!fenced[i]); go_to_cleanup(); settle()
        :: k == COMPLETE && i == 0 && status == RUNNING && STACK_EMPTY -> assert(!fenced[i]); status = COMPLETED
        :: k == ABANDON && SETTLED_ALL && !abandoned ->
            abandoned = true;
            if :: status == RUNNING -> go_to_cleanup() :: else fi;
            settle()
        :: else
        fi
    fi;
    mine[i].kind = NONE; mine[i].x = 0; mine[i].rule = 0; mine[i].supervisor = 0;
    k = 0; x = 0; broke = false
}

#define UNHEALTHY(a) (health[a] == DEAD || health[a] == FROZEN)
#define PROPOSE(kk, xx) mine[me].kind = kk; mine[me].x = xx
#define IDLE (health[me] == WELL && mine[me].kind == NONE)
#define AS_MEMBER (member[me] == JOINED)
/* Non-members clean when no member is left. */
#define MAY_RECOVER (!TERMINAL && (AS_MEMBER || (me == 4 && member[4] == ABSENT)))

/* Decides what to do by what it sees now; the entry comes later, or never. */
proctype Participant(byte me) {
    byte k, x; bool broke;
end:
    do
    :: atomic { health[me] == WELL && mine[me].kind != NONE -> d_step { apply(me) } }
    :: atomic {
        if
        /* What it is there for. */
        :: IDLE && me < 4 && member[me] == ABSENT && !TERMINAL -> PROPOSE(JOIN, 0)
        :: IDLE && me < 3 && AS_MEMBER && !tried[me] && status == RUNNING &&
            (me == 0 || frame[CALLER(me)] == ACTIVE) -> tried[me] = true; PROPOSE(START, 0)
        :: IDLE && me < 3 && AS_MEMBER && frame[me] == ACTIVE && status == RUNNING && !cancelled[me] -> PROPOSE(END, 0)
#ifdef FAILURES
        :: IDLE && me == 2 && AS_MEMBER && frame[me] == ACTIVE && status == RUNNING && !cancelled[me] -> PROPOSE(FAIL, 0)
        :: IDLE && me == 1 && AS_MEMBER && status == RUNNING && frame[1] != UNBORN -> PROPOSE(ABORT, 0)
#endif
        :: IDLE && me == 0 && AS_MEMBER && status == RUNNING && STACK_EMPTY && tried[0] -> PROPOSE(COMPLETE, 0)
        :: IDLE && (me == 2 || me == 3) && AS_MEMBER && !TERMINAL && (frame[1] != UNBORN && frame[1] != GONE || notice) &&
            (registered == NOBODY || (registered != me && (me == 3 || registrationDead))) -> PROPOSE(REGISTER, 0)
        /* Accusations, of the truly silent only. */
        :: IDLE && MAY_RECOVER && me != 0 && UNHEALTHY(0) && member[0] == JOINED -> PROPOSE(CRASH, 0)
        :: IDLE && MAY_RECOVER && me != 1 && UNHEALTHY(1) && member[1] == JOINED -> PROPOSE(CRASH, 1)
        :: IDLE && MAY_RECOVER && me != 2 && UNHEALTHY(2) && member[2] == JOINED -> PROPOSE(CRASH, 2)
        :: IDLE && MAY_RECOVER && me != 3 && UNHEALTHY(3) && member[3] == JOINED -> PROPOSE(CRASH, 3)
        :: IDLE && MAY_RECOVER && registered < 4 && registered != me && !registrationDead && UNHEALTHY(registered) ->
            PROPOSE(SUPERVISOR_DIED, registered)
        :: IDLE && MAY_RECOVER && registered < 4 && !registrationDead && frame[1] == BROKEN && overrunBy != registered &&
            (health[registered] == HANGING || (stuck && registered == 2)) -> PROPOSE(OVERRAN, registered)
        :: IDLE && MAY_RECOVER && me != 0 && frame[0] == ACTIVE && ENDING(0) && health[0] == HANGING -> PROPOSE(HUNG, 0)
        :: IDLE && MAY_RECOVER && me != 1 && frame[1] == ACTIVE && ENDING(1) && health[1] == HANGING -> PROPOSE(HUNG, 1)
        :: IDLE && MAY_RECOVER && me != 2 && frame[2] == ACTIVE && ENDING(2) && health[2] == HANGING -> PROPOSE(HUNG, 2)
        :: IDLE && MAY_RECOVER && SETTLED_ALL && !abandoned -> PROPOSE(ABANDON, 0)
        /* Rule 1 */
        :: IDLE && me < 3 && AS_MEMBER && frame[me] == ACTIVE && ENDING(me) -> PROPOSE(REMOVE, 0)
        /* Rules 2 and 4: the effect, then the entry. */
        :: IDLE && MAY_RECOVER && frame[0] == BROKEN ->
            deleted[0] = true; PROPOSE(CLEAN, 0); mine[me].rule = 2
        :: IDLE && MAY_RECOVER && frame[2] == BROKEN ->
            deleted[2] = true; PROPOSE(CLEAN, 2); mine[me].rule = 2
        :: IDLE && MAY_RECOVER && frame[1] == BROKEN && RULE(1) == 4 ->
            deleted[1] = true; PROPOSE(CLEAN, 1); mine[me].rule = 4; mine[me].supervisor = registered
#ifdef MUTANT_RULE_NOT_CHECKED
        /* Its own opinion that the supervisor is dead is enough. */
        :: IDLE && MAY_RECOVER && frame[1] == BROKEN && registered < 4 && UNHEALTHY(registered) ->
            deleted[1] = true; PROPOSE(CLEAN, 1); mine[me].rule = 4; mine[me].supervisor = registered
#endif
        /* Rule 3: told, confirmed, cleaned. */
        :: IDLE && (me == 2 || me == 3) && AS_MEMBER && !TERMINAL && registered == me && !DEAD_FOR_FRAME &&
            frame[1] == BROKEN && notice && !(stuck && me == 2) ->
#ifndef MUTANT_CONFIRMED_FIRST
            told = true;
#endif
            if
            :: PROPOSE(NOTIFIED, 0)
            :: faults > 0 && me == 2 -> faults--; stuck = true
            fi
        :: IDLE && (me == 2 || me == 3) && AS_MEMBER && !TERMINAL && registered == me && !DEAD_FOR_FRAME &&
            frame[1] == BROKEN && !notice ->
            told = true; deleted[1] = true; PROPOSE(CLEAN, 1); mine[me].rule = 3; mine[me].supervisor = me
        /* Told late. */
        :: IDLE && (me == 2 || me == 3) && notice && frame[1] != BROKEN && member[me] != CRASHED && !(stuck && me == 2) &&
            (TERMINAL || (registered == me && !registrationDead)) ->
            told = true; PROPOSE(NOTIFIED, 0)
        fi }
    od
}

/* Kills, freezes, hangs, wakes. What was decided before a freeze is appended after it. */
proctype World() {
    byte i;
end:
    do
    :: atomic { faults > 0 && !TERMINAL ->
        select(i : 0 .. 3);
        if
        :: health[i] == WELL ->
            if
            :: health[i] = DEAD
            :: wakes > 0 -> health[i] = FROZEN
            :: status == CLEANUP || (i < 3 && cancelled[i]) -> health[i] = HANGING
            fi
        :: else
        fi;
        faults--; i = 0 }
    :: atomic { wakes > 0 && (health[0] == FROZEN || health[1] == FROZEN || health[2] == FROZEN || health[3] == FROZEN) ->
        wakes--;
        if
        :: health[0] == FROZEN -> health[0] = WELL
        :: health[1] == FROZEN -> health[1] = WELL
        :: health[2] == FROZEN -> health[2] = WELL
        :: health[3] == FROZEN -> health[3] = WELL
        fi }
#ifdef RESTART
    :: atomic { health[3] == NEVER && health[2] != WELL -> health[3] = WELL; run Participant(3) }
#endif
    od
}

#define HAND(i) (health[i] == WELL && member[i] == JOINED)

init {
    atomic {
        health[3] = NEVER;
        health[4] = NEVER;
        member[0] = JOINED;
        if :: tree = false :: tree = true fi;
        if :: contained = false :: contained = true fi;
        run Participant(0); run Participant(1); run Participant(2); run World();
#ifdef VISITOR
        health[4] = WELL; run Participant(4)
#endif
    }
    /* Nobody has anything left to do. */
    timeout ->
    d_step {
        /* A living participant brings the operation to its end. */
        assert(TERMINAL || !(HAND(0) || HAND(1) || HAND(2) || HAND(3) || health[4] == WELL));
        assert(!TERMINAL || STACK_EMPTY);
        /* Whoever can still be told has been. */
        assert(!notice || !TERMINAL ||
            !((health[2] == WELL && member[2] != CRASHED && !stuck) || (health[3] == WELL && member[3] != CRASHED)))
    }
}
