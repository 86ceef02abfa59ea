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
/// token keeps its position when the row is deleted or gets another date. The token of a previous page also has SID and
/// date of the row before which the page ends.
/// </summary>
/// <param name="narrow">Filters the rows: those that the request may see, and that match its parameters.</param>
public sealed class ConversationsByDate(
    ConversationsDbContext db,
    Func<IQueryable<Conversation>, IQueryable<Conversation>> narrow,
    PageRequest request
)
{
    private const int PlaceLength = Sids.Length + 16;

    /// <summary>
    /// Runs one query over a range of ix_conversations_date_created. Its cost is the same for every page.
    /// </summary>
    public async Task<Page<Conversation>> ToPageAsync(CancellationToken cancellationToken)
    {
        var (start, end) = RangeOf(request.PageToken.NullIfEmpty());
        List<Conversation> rows = [];
        PageText<Conversation> text = new();
        Place? previous = null;
        Place? next = null;

        // The query returns one row more than the page has: the first row of the next page.
        await foreach (var row in From(start, end).AsAsyncEnumerable().WithCancellation(cancellationToken))
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

        return new(rows, request, previous is null ? null : $"{previous}{start}", (next ?? end)?.ToString());
    }

    private IQueryable<Row> From(Place? start, Place? end)
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
        if (end is not null)
        {
            rows = db.Set<Conversation>()
                .FromSql(
                    $"""
                    SELECT * FROM conversations WHERE (date_created, sid) <= ({start.Date}, {start.Sid})
                    AND (date_created, sid) > ({end.Date}, {end.Sid})
                    """
                );
        }

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

    private static (Place? Start, Place? End) RangeOf(string? token)
    {
        if (token is null)
        {
            return (null, null);
        }

        var places = token.StartsWith(Paging.TokenPrefix, StringComparison.Ordinal)
            ? token[Paging.TokenPrefix.Length..]
            : "";
        return places.Length > PlaceLength
            ? (PlaceOf(places[..PlaceLength]), PlaceOf(places[PlaceLength..]))
            : (PlaceOf(places), null);
    }

    private static Place PlaceOf(string text)
    {
        const NumberStyles Hex = NumberStyles.AllowHexSpecifier;
        return
            text.Length == PlaceLength
            && Sids.Is<Conversation>(text[..Sids.Length])
            && long.TryParse(text.AsSpan(Sids.Length), Hex, CultureInfo.InvariantCulture, out var ticks)
            && ticks >= DateTime.MinValue.Ticks
            && ticks <= DateTime.MaxValue.Ticks
            ? new(text[..Sids.Length], new DateTime(ticks, DateTimeKind.Utc))
            : throw new TwilioException(TwilioErrors.InvalidPageToken);
    }

    private sealed record Row(Conversation Conversation, string? PreviousSid, DateTime? PreviousDate);

    /// <summary>A position in the order. Its row may have been deleted.</summary>
    private sealed record Place(string Sid, DateTime Date)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sid}{Date.Ticks:x16}");
    }
}
