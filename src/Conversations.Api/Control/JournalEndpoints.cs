using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>What the account's requests and webhooks did, from the memory of this process.</summary>
internal static class JournalEndpoints
{
    private const int DefaultLimit = 50;

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan MaxSettling = TimeSpan.FromSeconds(60);

    public static void MapJournal(this IEndpointRouteBuilder routes)
    {
        var journal = routes.MapGroup("/control").WithTags("Journal");
        journal
            .MapGet("requests", RequestsAsync)
            .WithName("ListRequest")
            .WithSummary("List requests to /v1, newest first. wait=5s waits until one matches");
        journal
            .MapGet("deliveries", DeliveriesAsync)
            .WithName("ListDelivery")
            .WithSummary("List calls of webhooks, newest first. wait=5s waits until one matches");
        journal
            .MapPost("deliveries/{id:guid}/resend", ResendAsync)
            .WithName("ResendDelivery")
            .WithSummary("Send an event again");
        journal
            .MapPost("deliveries/resend", ResendFailedAsync)
            .WithName("ResendFailedDelivery")
            .WithSummary("Send all failed events again, or those of changes since a date");
        journal
            .MapPost("deliveries/settle", SettleAsync)
            .WithName("SettleDelivery")
            .WithSummary("Try all events that wait now, and answer when none is due or on its way");
    }

    private static async Task<RequestListResource> RequestsAsync(
        HttpContext context,
        Journal journal,
        ErrorExplanations explanations,
        IActionDescriptorCollectionProvider actions,
        [AsParameters] RequestQuery query,
        [AsParameters] JournalPage page,
        CancellationToken cancellationToken
    )
    {
        query.Check(actions);
        var sid = context.Account().Sid;
        var (found, cursor) = await ReadAsync(context, journal.RequestsOf(sid), query.Matches, page, cancellationToken);
        List<RequestResource> requests = [];
        foreach (var entry in found)
        {
            requests.Add(RequestResource.Of(entry, await explanations.ExplainAsync(sid, entry, cancellationToken)));
        }

        return new(requests, cursor);
    }

    private static async Task<DeliveryListResource> DeliveriesAsync(
        HttpContext context,
        Journal journal,
        ConversationsDbContext db,
        [AsParameters] DeliveryQuery query,
        [AsParameters] JournalPage page,
        CancellationToken cancellationToken
    )
    {
        query.Check();
        var sid = context.Account().Sid;
        var (found, cursor) = await ReadAsync(
            context,
            journal.DeliveriesOf(sid),
            query.Matches,
            page,
            cancellationToken
        );
        var ids = found.Select(entry => entry.Id).ToArray();
        var rows = await db.Set<WebhookDelivery>()
            .Where(d => d.AccountSid == sid && ids.Contains(d.EventId))
            .Select(d => new
            {
                d.EventId,
                d.DateDeadLettered,
                // Without an error the date is that of a claim: the event is being sent.
                NextTry = d.LastError == null ? null : d.NextAttempt,
            })
            .ToListAsync(cancellationToken);
        var deliveries =
            from entry in found
            let row = rows.Find(row => row.EventId == entry.Id)
            let result = entry.Last.Answer.IsSuccess ? "delivered"
            : row is null ? "failed"
            : row.DateDeadLettered is null ? "waiting"
            : "dead_lettered"
            select DeliveryResource.Of(entry, result, result == "waiting" ? row?.NextTry : null);
        return new([.. deliveries], cursor);
    }

    private static async Task<ResentResource> ResendAsync(
        HttpContext context,
        Guid id,
        Journal journal,
        WebhookResending resending,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var (known, _) = await journal
            .DeliveriesOf(sid)
            .ReadAsync(entry => entry.Id == id && IsPostAction(entry), 0, 1, TimeSpan.Zero, cancellationToken);
        return await resending.ResendAsync(sid, id, known.FirstOrDefault(), cancellationToken)
            ? new ResentResource(1)
            : throw new ControlException(
                StatusCodes.Status404NotFound,
                "The account has no post-action event of this id."
            );
    }

    private static async Task<ResentResource> ResendFailedAsync(
        HttpContext context,
        DateTimeOffset? since,
        WebhookResending resending,
        CancellationToken cancellationToken
    ) => new(await resending.ResendFailedAsync(context.Account().Sid, since?.UtcDateTime, cancellationToken));

    private static async Task<SettledResource> SettleAsync(
        HttpContext context,
        WebhookResending resending,
        CancellationToken cancellationToken
    )
    {
        context.Features.Get<RequestTimer>()?.Stop();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MaxSettling);
        try
        {
            return await resending.SettleAsync(context.Account().Sid, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlException(
                StatusCodes.Status409Conflict,
                $"Events are still on their way after {MaxSettling.TotalSeconds} seconds."
            );
        }
    }

    // The name of a post-action event says that it has happened.
    private static bool IsPostAction(DeliveryEntry entry) =>
        entry["EventType"]?.EndsWith("ed", StringComparison.Ordinal) == true;

    private static async Task<(List<T> Entries, string Cursor)> ReadAsync<T>(
        HttpContext context,
        Ring<T> ring,
        Func<T, bool> filter,
        JournalPage page,
        CancellationToken cancellationToken
    )
        where T : JournalEntry
    {
        if (!context.RequestServices.GetRequiredService<ControlOptions>().HasJournal)
        {
            throw new ControlException(
                StatusCodes.Status404NotFound,
                "The journal is off. The setting Control__Journal=true turns it on."
            );
        }

        context.Features.Get<RequestTimer>()?.Stop();
        var (since, limit, wait) = (
            page.Since ?? 0,
            Filters.LimitOf(page.Limit, DefaultLimit, Ring<T>.MaxEntries),
            WaitOf(page.Wait)
        );
        var (entries, cursor) = context.Request.IsReadOfConsole()
            ? await ring.ReadOrChangeAsync(filter, since, limit, wait, cancellationToken)
            : await ring.ReadAsync(filter, since, limit, wait, cancellationToken);
        return (entries, cursor.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads 5s, 250ms, or a number of seconds.</summary>
    internal static TimeSpan WaitOf(string? text)
    {
        if (text is null)
        {
            return TimeSpan.Zero;
        }

        return ShortTime.Read(text) is { } wait && wait <= MaxWait
            ? wait
            : throw new ControlException(
                StatusCodes.Status400BadRequest,
                $"wait must be a time up to {MaxWait.TotalSeconds}s, such as 5s or 250ms."
            );
    }
}
