using Conversations.Api.Http;

namespace Conversations.Tests.Conversations;

/// <summary>The filters of the list of conversations; how it pages is in <see cref="Conformance.ListContract"/>.</summary>
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
    public async Task List_by_date_takes_whole_days_and_whole_seconds(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        foreach (var date in (string[])["2020-01-01T23:59:59.900Z", "2020-01-02T00:00:00Z", "2020-01-02T10:00:00.500Z", "2020-01-02T23:59:59.999Z", "2020-01-03T00:00:00Z"])
        {
            await twilio.NewConversationAsync(("FriendlyName", date[8..]), ("DateCreated", date));
        }

        (string Query, string Found)[] queries =
        [
            ("StartDate=2020-01-02", "02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z 03T00:00:00Z"),
            ("EndDate=2020-01-02", "01T23:59:59.900Z 02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z"),
            ("StartDate=2020-01-02&EndDate=2020-01-02", "02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z"),
            ("StartDate=2020-01-02T10:00:00Z&EndDate=2020-01-02T10:00:00Z", "02T10:00:00.500Z"),
            ("StartDate=2020-01-02T10:00:01Z&EndDate=2020-01-03T00:00:00Z", "02T23:59:59.999Z 03T00:00:00Z"),
            ("EndDate=2020-01-02T09:59:59Z", "01T23:59:59.900Z 02T00:00:00Z"),
            ("StartDate=2020-01-02T12:00:00%2B02:00&EndDate=2020-01-02T10:00Z", "02T10:00:00.500Z"),
            ("StartDate=2020-01-04", ""),
            ("StartDate=2020-01-03&EndDate=2020-01-02", ""),
            ("StartDate=&EndDate=&State=", "01T23:59:59.900Z 02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z 03T00:00:00Z"),
            ("StartDate=0001-01-01&EndDate=9999-12-31", "01T23:59:59.900Z 02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z 03T00:00:00Z"),
            ("EndDate=9999-12-31T23:59:59Z", "01T23:59:59.900Z 02T00:00:00Z 02T10:00:00.500Z 02T23:59:59.999Z 03T00:00:00Z"),
        ];

        await Assert.AllAsync(queries, async query => Assert.Equal(query.Found, string.Join(' ', await NamesAsync(twilio, $"?{query.Query}"))));
    }

    [Theory, Everywhere]
    public async Task List_by_state(Store store, Shape shape)
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

    [Theory, Everywhere]
    public async Task Page_URLs_carry_the_filters(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        List<string> sids = [];
        foreach (var number in Enumerable.Range(0, 5))
        {
            sids.Add(await twilio.NewConversationAsync(("DateCreated", "2020-01-02T10:00:00Z")));
            await twilio.NewConversationAsync(("DateCreated", "2020-01-02T10:00:00Z"), ("State", "inactive"));
            await twilio.NewConversationAsync();
        }

        var url = $"{twilio.Server.Address}{twilio.PathOf("Conversations")[1..]}?StartDate=2020-01-02T10%3A00%3A00%2B00%3A00&EndDate=2020-01-02&State=active&PageSize=2&Page=";
        var first = (await twilio.GetAsync("Conversations?PageSize=2&State=active&EndDate=2020-01-02&StartDate=2020-01-02T10:00:00%2B00:00")).Ok();
        Assert.Equal($"{url}0", first.Body["meta"]!["url"]!.GetValue<string>());
        Assert.Equal($"{url}0", first.Body["meta"]!["first_page_url"]!.GetValue<string>());
        Assert.Equal($"{url}1&PageToken=PT{sids[2]}", first.Body["meta"]!["next_page_url"]!.GetValue<string>());

        var second = (await twilio.GetAsync(first.Body["meta"]!["next_page_url"]!.GetValue<string>())).Ok();
        Assert.Equal(sids[2..4], SidsOf(second));
        Assert.Equal($"{url}0&PageToken=PT{sids[0]}", second.Body["meta"]!["previous_page_url"]!.GetValue<string>());

        var last = (await twilio.GetAsync(second.Body["meta"]!["next_page_url"]!.GetValue<string>())).Ok();
        Assert.Equal(sids[4..], SidsOf(last));
        Assert.Null(last.Body["meta"]!["next_page_url"]);
        Assert.Equal(sids[..2], SidsOf((await twilio.GetAsync(second.Body["meta"]!["previous_page_url"]!.GetValue<string>())).Ok()));
    }

    [Theory, OnEachStore]
    public async Task A_filter_that_can_not_be_read_is_refused(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        (string Query, TwilioError Error)[] bad =
        [
            ("StartDate=yesterday", TwilioErrors.InvalidStartDate), ("StartDate=2020-02-30", TwilioErrors.InvalidStartDate), ("StartDate=20200102", TwilioErrors.InvalidStartDate),
            ("EndDate=tomorrow", TwilioErrors.InvalidEndDate), ("EndDate=2020-01-02T25:00:00Z", TwilioErrors.InvalidEndDate),
            ("State=open", TwilioErrors.InvalidState), ("State=CLOSED", TwilioErrors.InvalidState), ("State=active&State=open", TwilioErrors.InvalidState),
        ];

        await Assert.AllAsync(bad, async query => (await twilio.GetAsync($"Conversations?{query.Query}")).Is(query.Error));
    }

    private static async Task<IEnumerable<string>> NamesAsync(Twilio twilio, string query)
        => (await twilio.GetAsync($"Conversations{query}")).Ok().Body["conversations"]!.AsArray().Select(row => row!["friendly_name"]!.GetValue<string>());

    private static IEnumerable<string> SidsOf(Answer list) => list.Body["conversations"]!.AsArray().Select(row => row!["sid"]!.GetValue<string>());
}
