using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>
/// The list of conversations with a filter by date. The official document sorts it by date of creation, newest first.
/// Conversations with the same date are sorted by SID, the greatest first (a guess). It uses keyset paging as in
/// <see cref="Paging"/>, over date and SID: a token is PT, the SID of its page's first row and that row's date. So the
/// token keeps its position when the row is deleted or gets another date.
/// </summary>
/// <param name="narrow">Filters the rows: those that the request may see, and that match its parameters.</param>
public sealed class ConversationsByDate(
    ConversationsDbContext db,
    Func<IQueryable<Conversation>, IQueryable<Conversation>> narrow,
    PageRequest request
)
{
    private const int SidLength = 34;

    private const int DateLength = 16;

    /// <summary>
    /// Runs one query over a range of ix_conversations_date_created. Its cost is the same for every page.
    /// </summary>
    public async Task<Page<Conversation>> ToPageAsync(CancellationToken cancellationToken)
    {
        var start = StartOf(request.PageToken.NullIfEmpty());
        List<Conversation> rows = [];
        PageText<Conversation> text = new();
        Place? previous = null;
        Place? next = null;

        // The query returns one row more than the page has: the first row of the next page.
        await foreach (var row in From(start).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (rows.Count == request.Size || text.IsFull)
            {
                next = new(row.Conversation.Sid, row.Conversation.DateCreated);
                break;
            }

            rows.Add(row.Conversation);
            text.Add(row.Conversation);
            previous = row is { PreviousSid: { } sid, PreviousDate: { } date } ? new(sid, date) : null;
        }

        if (rows is [] && start is not null && await Before(start).FirstOrDefaultAsync(cancellationToken) is { } before)
        {
            previous = new(before.Sid, before.DateCreated);
        }

        return new(rows, request, previous?.ToString(), next?.ToString());
    }

    private IQueryable<Row> From(Place? start)
    {
        if (start is null)
        {
            return NewestFirst(narrow(db.Set<Conversation>()))
                .Take(request.Size + 1)
                .Select(c => new Row(c, null, null));
        }

        // LINQ has no row comparison. An OR in its place would read all conversations that have the token's date.
        var before = Before(start);
        var rows = db.Set<Conversation>()
            .FromSql($"SELECT * FROM conversations WHERE (date_created, sid) <= ({start.Date}, {start.Sid})");
        return NewestFirst(narrow(rows))
            .Take(request.Size + 1)
            .Select(c => new Row(
                c,
                before.Select(b => b.Sid).FirstOrDefault(),
                before.Select(b => (DateTime?)b.DateCreated).FirstOrDefault()
            ));
    }

    // The previous page: the next newer rows before the place.
    private IQueryable<Conversation> Before(Place start)
    {
        var rows = db.Set<Conversation>()
            .FromSql($"SELECT * FROM conversations WHERE (date_created, sid) > ({start.Date}, {start.Sid})");
        return NewestFirst(narrow(rows).OrderBy(c => c.DateCreated).ThenBy(c => c.Sid).Take(request.Size));
    }

    private static IOrderedQueryable<Conversation> NewestFirst(IQueryable<Conversation> rows) =>
        rows.OrderByDescending(c => c.DateCreated).ThenByDescending(c => c.Sid);

    private static Place? StartOf(string? token) =>
        token is null ? null : PlaceOf(token) ?? throw new TwilioException(TwilioErrors.InvalidPageToken);

    private static Place? PlaceOf(string token)
    {
        const NumberStyles Hex = NumberStyles.AllowHexSpecifier;
        return
            token.StartsWith(Paging.TokenPrefix, StringComparison.Ordinal)
            && token[Paging.TokenPrefix.Length..] is { Length: SidLength + DateLength } place
            && Sids.Is("CH", place[..SidLength])
            && long.TryParse(place.AsSpan(SidLength), Hex, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= DateTime.MinValue.Ticks
            && ticks <= DateTime.MaxValue.Ticks
            ? new(place[..SidLength], new DateTime(ticks, DateTimeKind.Utc))
            : null;
    }

    private sealed record Row(Conversation Conversation, string? PreviousSid, DateTime? PreviousDate);

    /// <summary>A position in the order. Its row may have been deleted.</summary>
    private sealed record Place(string Sid, DateTime Date)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sid}{Date.Ticks:x16}");
    }
}
