using System.Globalization;
using Conversations.Api.Errors;

namespace Conversations.Tests.Conversations;

/// <summary>
/// The filters of the list of conversations. <see cref="Conformance.ListContract"/> tests its paging.
/// </summary>
public sealed class ListConversationTests
{
    [Theory, Everywhere]
    public async Task List_of_a_service_without_conversations_is_empty(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);

        Assert.Empty(await NamesAsync(twilio, ""));
        Assert.Empty(await NamesAsync(twilio, "?State=active&StartDate=2020-01-01"));
    }

    [Theory, Everywhere]
    public async Task List_by_date_accepts_whole_days_and_whole_seconds(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        foreach (
            var date in (string[])
                [
                    "2020-01-01T23:59:59.900Z",
                    "2020-01-02T00:00:00Z",
                    "2020-01-02T10:00:00.500Z",
                    "2020-01-02T23:59:59.999Z",
                    "2020-01-03T00:00:00Z",
                ]
        )
        {
            await twilio.NewConversationAsync(("FriendlyName", date[8..]), ("DateCreated", date));
        }

        (string Query, string Found)[] queries =
        [
            ("StartDate=2020-01-02", "03T00:00:00Z 02T23:59:59.999Z 02T10:00:00.500Z 02T00:00:00Z"),
            ("EndDate=2020-01-02", "02T23:59:59.999Z 02T10:00:00.500Z 02T00:00:00Z 01T23:59:59.900Z"),
            ("StartDate=2020-01-02&EndDate=2020-01-02", "02T23:59:59.999Z 02T10:00:00.500Z 02T00:00:00Z"),
            ("StartDate=2020-01-02T10:00:00Z&EndDate=2020-01-02T10:00:00Z", "02T10:00:00.500Z"),
            ("StartDate=2020-01-02T10:00:01Z&EndDate=2020-01-03T00:00:00Z", "03T00:00:00Z 02T23:59:59.999Z"),
            ("EndDate=2020-01-02T09:59:59Z", "02T00:00:00Z 01T23:59:59.900Z"),
            ("StartDate=2020-01-02T12:00:00%2B02:00&EndDate=2020-01-02T10:00Z", "02T10:00:00.500Z"),
            ("StartDate=2020-01-02t10:00:01z&EndDate=2020-01-03t00:00:00z", "03T00:00:00Z 02T23:59:59.999Z"),
            ("EndDate=2020-01-02t09:59:59z", "02T00:00:00Z 01T23:59:59.900Z"),
            ("StartDate=2020-01-04", ""),
            (
                "StartDate=&EndDate=&State=",
                "01T23:59:59.900Z 02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z 03T00:00:00Z"
            ),
            (
                "StartDate=0001-01-01&EndDate=9999-12-31",
                "03T00:00:00Z 02T23:59:59.999Z 02T10:00:00.500Z 02T00:00:00Z 01T23:59:59.900Z"
            ),
            (
                "EndDate=9999-12-31T23:59:59Z",
                "03T00:00:00Z 02T23:59:59.999Z 02T10:00:00.500Z 02T00:00:00Z 01T23:59:59.900Z"
            ),
        ];

        await Assert.AllAsync(
            queries,
            async query => Assert.Equal(query.Found, string.Join(' ', await NamesAsync(twilio, $"?{query.Query}")))
        );
    }

    [Theory, Everywhere]
    public async Task List_by_state_returns_the_conversations_in_that_state(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await twilio.NewConversationAsync(("FriendlyName", "a"));
        await twilio.NewConversationAsync(("FriendlyName", "b"), ("State", "inactive"));
        var closed = await twilio.NewConversationAsync(("FriendlyName", "c"));
        await twilio.NewConversationAsync(("FriendlyName", "d"));
        (await twilio.PostAsync($"Conversations/{closed}", ("State", "closed"))).Ok();

        Assert.Equal(["a", "d"], await NamesAsync(twilio, "?State=active"));
        Assert.Equal(["b"], await NamesAsync(twilio, "?State=inactive"));
        Assert.Equal(["c"], await NamesAsync(twilio, "?State=closed"));
        Assert.Equal(["a", "b", "c", "d"], await NamesAsync(twilio, ""));
    }

    /// <summary>
    /// The official document: newest first as soon as a date is given. All other lists and filters follow the order of
    /// creation.
    /// </summary>
    [Theory, Everywhere]
    public async Task Pages_by_date_lead_forward_and_back_from_the_newest_and_their_URLs_keep_the_filters(
        Store store,
        Shape shape
    )
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        List<(string Sid, string Date)> made = [];
        string[] dates =
        [
            "2020-01-02T10:00:00Z",
            "2020-01-01T00:00:00Z",
            "2020-01-02T10:00:00Z",
            "2020-01-03T00:00:00.25Z",
            "2020-01-02T10:00:00Z",
            "2020-01-03T00:00:00.5Z",
        ];
        foreach (var date in dates)
        {
            made.Add((await twilio.NewConversationAsync(("DateCreated", date)), date));
            await twilio.NewConversationAsync(("DateCreated", date), ("State", "inactive"));
        }

        await twilio.NewConversationAsync();
        var newestFirst = made.OrderByDescending(row => DateTimeOffset.Parse(row.Date, CultureInfo.InvariantCulture))
            .ThenByDescending(row => row.Sid, StringComparer.Ordinal)
            .Select(row => row.Sid)
            .ToList();

        var url =
            $"{twilio.Server.Address}{twilio.PathOf("Conversations")[1..]}"
            + "?StartDate=2020-01-01T00%3A00%3A00%2B00%3A00&EndDate=2020-01-03&State=active&PageSize=2&Page=";
        var query = "PageSize=2&State=active&EndDate=2020-01-03&StartDate=2020-01-01T00:00:00%2B00:00";
        List<RowPage> pages = [await PageAsync(twilio, $"Conversations?{query}")];
        while (pages[^1].Next is { } next)
        {
            pages.Add(await PageAsync(twilio, next));
        }

        Assert.Equal([newestFirst[..2], newestFirst[2..4], newestFirst[4..]], pages.Select(page => page.Sids));
        Assert.Equal($"{url}0", pages[0].Url);
        Assert.Null(pages[0].Previous);
        Assert.All(
            pages[1..].Index(),
            page =>
                Assert.StartsWith(
                    $"{url}{page.Index + 1}&PageToken=PT{page.Item.Sids[0]}",
                    page.Item.Url,
                    StringComparison.Ordinal
                )
        );
        Assert.All(pages[1..].Zip(pages), pair => Assert.Equal(pair.Second.Next, pair.First.Url));
        Assert.All(pages, page => Assert.Equal($"{url}0", page.Meta["first_page_url"]!.GetValue<string>()));

        var back = await PageAsync(twilio, pages[2].Previous!);
        Assert.StartsWith(pages[1].Url, back.Url, StringComparison.Ordinal);
        Assert.Equal(pages[2].Url, back.Next);
        Assert.Equal(pages[1].Sids, back.Sids);
        Assert.Equal(pages[0].Sids, (await PageAsync(twilio, back.Previous!)).Sids);
    }

    [Theory]
    [OnEachStore("StartDate=2020-01-01")]
    [OnEachStore("EndDate=2030-01-01")]
    public async Task Rows_created_and_deleted_while_paging_by_date_hide_and_repeat_no_other_row(
        Store store,
        string filter
    )
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rows = await NewConversationsAsync(twilio, 9);
        var first = await PageAsync(twilio, $"Conversations?{filter}&PageSize=3");
        Assert.Equal(rows[..3], first.Sids);

        // The first row of the next page and the row before it are deleted. A new row belongs to the first page, and a
        // row of the first page moves to the end.
        (await twilio.DeleteAsync($"Conversations/{rows[3]}")).NoContent();
        (await twilio.DeleteAsync($"Conversations/{rows[2]}")).NoContent();
        await twilio.NewConversationAsync(("DateCreated", "2020-02-20T00:00:00Z"));
        (await twilio.PostAsync($"Conversations/{rows[0]}", ("DateCreated", "2020-02-01T00:00:00Z"))).Ok();
        var second = await PageAsync(twilio, first.Next!);
        Assert.Equal(rows[4..7], second.Sids);

        // The token of a row whose date changed still means the same position.
        (await twilio.PostAsync($"Conversations/{rows[7]}", ("DateCreated", "2020-02-19T00:00:00Z"))).Ok();
        var third = await PageAsync(twilio, second.Next!);
        Assert.Equal([rows[8], rows[0]], third.Sids);
        Assert.Null(third.Next);
        Assert.Equal(second.Sids, (await PageAsync(twilio, third.Previous!)).Sids);

        // When a page is empty by now, only its previous page remains.
        foreach (var sid in third.Sids)
        {
            (await twilio.DeleteAsync($"Conversations/{sid}")).NoContent();
        }

        var empty = await PageAsync(twilio, second.Next!);
        Assert.Empty(empty.Sids);
        Assert.Null(empty.Next);
        Assert.Equal(second.Sids, (await PageAsync(twilio, empty.Previous!)).Sids);
    }

    [Theory, OnEachStore]
    public async Task Pages_by_date_before_a_deleted_row_repeat_no_row(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var rows = await NewConversationsAsync(twilio, 9);
        var first = await PageAsync(twilio, "Conversations?StartDate=2020-01-01&PageSize=3");
        var second = await PageAsync(twilio, first.Next!);
        var third = await PageAsync(twilio, second.Next!);

        (await twilio.DeleteAsync($"Conversations/{rows[4]}")).NoContent();
        (await twilio.DeleteAsync($"Conversations/{rows[6]}")).NoContent();
        (await twilio.DeleteAsync($"Conversations/{rows[0]}")).NoContent();

        var middle = await PageAsync(twilio, third.Previous!);
        Assert.Equal([rows[3], rows[5]], middle.Sids);
        Assert.Equal(rows[7..], (await PageAsync(twilio, middle.Next!)).Sids);
        var start = await PageAsync(twilio, second.Previous!);
        Assert.Equal(rows[1..3], start.Sids);
        Assert.Null(start.Previous);
    }

    [Theory, Everywhere]
    public async Task A_token_by_date_is_refused_for_another_list_or_order(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var stranger = await Twilio.NewAccountAsync(store, shape);
        var rows = await NewConversationsAsync(twilio, 3);
        var foreign = await NewConversationsAsync(stranger, 3);
        var path = "Conversations?StartDate=2020-01-01";
        var token = (await PageAsync(twilio, $"{path}&PageSize=1")).Next!.Split("PageToken=")[1];

        Assert.Equal(rows[1..], (await PageAsync(twilio, $"{path}&PageToken={token}")).Sids);
        Assert.Empty((await PageAsync(stranger, $"{path}&PageToken={token}")).Sids.Except(foreign));
        (await twilio.GetAsync($"Conversations?PageToken={token}")).Is(TwilioErrors.InvalidPageToken);
        (await twilio.GetAsync($"Conversations?State=active&PageToken={token}")).Is(TwilioErrors.InvalidPageToken);

        string[] damaged =
        [
            $"PT{rows[1]}",
            "nonsense",
            "PT",
            token[2..],
            $"pt{token[2..]}",
            token[..^1],
            $"{token}0",
            $"{token[..^1]}g",
            $"{token[..^16]}ffffffffffffffff",
            $"{token[..^16]}7fffffffffffffff",
            $"PTMB{token[4..]}",
            $"{token}%0A",
        ];
        await Assert.AllAsync(
            damaged,
            async text => (await twilio.GetAsync($"{path}&PageToken={text}")).Is(TwilioErrors.InvalidPageToken)
        );
    }

    [Theory, OnEachStore]
    public async Task An_end_before_the_start_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        string[] queries =
        [
            "StartDate=2020-01-03&EndDate=2020-01-02",
            "StartDate=2020-01-02T10:00:01Z&EndDate=2020-01-02T10:00:00Z",
            "StartDate=2020-01-02&EndDate=2020-01-01T23:59:59Z",
            "StartDate=2020-01-03T00:00:00Z&EndDate=2020-01-02",
            "EndDate=0001-01-01&StartDate=9999-12-31&State=active&PageSize=2",
            "StartDate=2020-01-02T10:00:00Z&EndDate=2020-01-02T10:00:00%2B02:00",
        ];

        await Assert.AllAsync(
            queries,
            async query => (await twilio.GetAsync($"Conversations?{query}")).Is(TwilioErrors.EndDateBeforeStartDate)
        );

        // An end date without a time ends with its day, so it is not before a time on that day.
        (await twilio.GetAsync("Conversations?StartDate=2020-01-02T23:59:59Z&EndDate=2020-01-02")).Ok();
        (await twilio.GetAsync("Conversations?StartDate=2020-01-02T10:00:00.5Z&EndDate=2020-01-02T10:00:00Z")).Ok();
        (await twilio.GetAsync("Conversations?StartDate=nonsense&EndDate=2020-01-02")).Is(
            TwilioErrors.InvalidStartDate
        );
    }

    [Theory, OnEachStore]
    public async Task Page_URLs_keep_a_filter_by_state_and_follow_the_order_of_creation(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        List<string> sids = [];
        foreach (var date in (string[])["2020-01-02", "2020-01-03", "2020-01-01"])
        {
            sids.Add(await twilio.NewConversationAsync(("DateCreated", date)));
            await twilio.NewConversationAsync(("State", "inactive"));
        }

        var page = await PageAsync(twilio, "Conversations?StartDate=&PageSize=2&State=active");

        Assert.Equal(sids[..2], page.Sids);
        Assert.Equal(
            $"{twilio.Server.Address}v1/Conversations?State=active&PageSize=2&Page=1&PageToken=PT{sids[2]}",
            page.Next
        );
        Assert.Equal(sids[2..], (await PageAsync(twilio, page.Next!)).Sids);
    }

    [Theory, OnEachStore]
    public async Task An_unreadable_filter_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        (string Query, TwilioError Error)[] bad =
        [
            ("StartDate=yesterday", TwilioErrors.InvalidStartDate),
            ("StartDate=2020-02-30", TwilioErrors.InvalidStartDate),
            ("StartDate=20200102", TwilioErrors.InvalidStartDate),
            ("EndDate=tomorrow", TwilioErrors.InvalidEndDate),
            ("EndDate=2020-01-02T25:00:00Z", TwilioErrors.InvalidEndDate),
            ("State=open", TwilioErrors.InvalidState),
            ("State=CLOSED", TwilioErrors.InvalidState),
            ("State=active&State=open", TwilioErrors.InvalidState),
        ];

        await Assert.AllAsync(
            bad,
            async query => (await twilio.GetAsync($"Conversations?{query.Query}")).Is(query.Error)
        );
    }

    private static async Task<IEnumerable<string>> NamesAsync(Twilio twilio, string query) =>
        (await twilio.GetAsync($"Conversations{query}")).Ok().Body["conversations"]!
            .AsArray()
            .Select(row => row!["friendly_name"]!.GetValue<string>());

    private static async Task<RowPage> PageAsync(Twilio twilio, string path) =>
        new((await twilio.GetAsync(path)).Ok(), "conversations");

    // Their dates are one day apart, newest first.
    private static async Task<List<string>> NewConversationsAsync(Twilio twilio, int count)
    {
        List<string> sids = [];
        foreach (var day in Enumerable.Range(0, count))
        {
            sids.Add(await twilio.NewConversationAsync(("DateCreated", $"2020-02-{20 - day}T00:00:00Z")));
        }

        return sids;
    }
}
