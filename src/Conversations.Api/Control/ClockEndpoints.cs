using Conversations.Api.Data;
using Conversations.Api.Wire;

namespace Conversations.Api.Control;

/// <summary>The clock of an account: real time, unless a test moves it.</summary>
internal static class ClockEndpoints
{
    private const int MaxDue = 50;

    // Dates beyond these could not be added to.
    private static readonly DateTimeOffset Earliest = new(1970, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void MapClock(this IEndpointRouteBuilder routes)
    {
        var clock = routes.MapGroup("/control/clock").WithTags("Clock");
        clock
            .MapGet("", FetchAsync)
            .WithName("FetchClock")
            .WithSummary("Read the clock of the account, and what is due next by it");
        clock
            .MapPost("freeze", FreezeAsync)
            .WithName("FreezeClock")
            .WithSummary("Stop the clock, at the account's time or at a date");
        clock
            .MapPost("advance", AdvanceAsync)
            .WithName("AdvanceClock")
            .WithSummary("Move the clock forward, and fire what becomes due in its order");
        clock
            .MapPost("run", RunAsync)
            .WithName("RunClock")
            .WithSummary("Let the clock run on from where it stands, or go back to real time");
    }

    private static async Task<ClockResource> FetchAsync(
        HttpContext context,
        ClockMoves moves,
        DueRows due,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var clock = await moves.ReadAsync(sid, cancellationToken);
        var real = time.GetUtcNow();
        var now = clock?.At(real) ?? real;
        var rows = await due.SoonestAsync(sid, DateTime.MaxValue.ToUniversalTime(), MaxDue, cancellationToken);
        return new(
            now,
            clock?.Frozen is not null,
            Math.Round((now - real).TotalSeconds, 3),
            [.. rows.Select(row => new DueResource(row.Date, row.Kind, row.Sid, row.ConversationSid))],
            Fired: null
        );
    }

    private static async Task<ClockResource> FreezeAsync(
        HttpContext context,
        FreezeForm? form,
        ClockMoves moves,
        DueRows due,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var at = form?.At is { } date ? Checked("at", date) : (DateTime?)null;
        await MoveAsync(
            context,
            moves,
            now => at ?? Milliseconds(now),
            (_, to) => MovedClock.At(to),
            cancellationToken
        );
        return await FetchAsync(context, moves, due, time, cancellationToken);
    }

    private static async Task<ClockResource> AdvanceAsync(
        HttpContext context,
        AdvanceForm form,
        ClockMoves moves,
        DueRows due,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var by = form.By is { } text ? Forms.Duration(text) : null;
        if (form.By is null == form.To is null || (form.By is not null && by is null))
        {
            throw Wrong("The body must have by, a duration such as P10D or PT5M, or to, a date.");
        }

        var fired = await MoveAsync(
            context,
            moves,
            now => Later(now, by is { } duration ? new DateTimeOffset(now) + duration : form.To!.Value),
            moves.Advanced,
            cancellationToken
        );
        return await FetchAsync(context, moves, due, time, cancellationToken) with { Fired = fired };
    }

    private static async Task<ClockResource> RunAsync(
        HttpContext context,
        RunForm? form,
        ClockMoves moves,
        DueRows due,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await (
            form?.Reset == true
                ? MoveAsync(context, moves, _ => time.GetUtcNow().UtcDateTime, (_, _) => null, cancellationToken)
                : MoveAsync(context, moves, now => now, (_, to) => moves.RunningFrom(to), cancellationToken)
        );
        return await FetchAsync(context, moves, due, time, cancellationToken);
    }

    private static Task<FiredResource> MoveAsync(
        HttpContext context,
        ClockMoves moves,
        Func<DateTime, DateTime> target,
        Func<MovedClock, DateTime, MovedClock?> end,
        CancellationToken cancellationToken
    ) =>
        moves.MoveAsync(
            context.Account().Sid,
            target,
            end,
            () => context.Features.Get<RequestTimer>()?.Start(),
            cancellationToken
        );

    private static DateTime Later(DateTime now, DateTimeOffset to) =>
        Checked("to", to) is var date && date >= Milliseconds(now)
            ? date
            : throw Wrong($"The clock is at {now:O}. Only freeze sets it back.");

    private static DateTime Checked(string name, DateTimeOffset date) =>
        date >= Earliest && date <= Latest
            ? Milliseconds(date.UtcDateTime)
            : throw Wrong($"{name} must be between {Earliest:yyyy-MM-dd} and {Latest:yyyy-MM-dd}.");

    // The databases store dates with different precisions.
    private static DateTime Milliseconds(DateTime date) => date.AddTicks(-(date.Ticks % TimeSpan.TicksPerMillisecond));

    private static ControlException Wrong(string detail) => new(StatusCodes.Status400BadRequest, detail);
}
