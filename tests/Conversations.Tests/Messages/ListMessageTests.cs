using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Tests.Messages;

/// <summary>What is special about the list of messages: its order is the index, in both directions.</summary>
public sealed class ListMessageTests
{
    [Theory, Everywhere]
    public async Task Descending_pages_lead_forward_and_back(Store store, Shape shape)
    {
        var list = await RowList.NewAsync(store, shape, Resources.Messages.Path);
        await list.FillAsync(7);

        List<RowPage> pages = [await list.PageAsync("?PageSize=3&Order=DESC")];
        while (pages[^1].Next is { } next)
        {
            pages.Add(await list.PageAsync(next));
        }

        Assert.Equal(["6 5 4", "3 2 1", "0"], pages.Select(Indices));
        string[] urls =
        [
            list.Url("?Order=desc&PageSize=3&Page=0"),
            list.Url("?Order=desc&PageSize=3&Page=1&PageToken=PT3"),
            list.Url("?Order=desc&PageSize=3&Page=2&PageToken=PT0"),
        ];
        var first = list.Url("?Order=desc&PageSize=3&Page=0&PageToken=PT6");
        Assert.Equal(
            [
                MetaOf(0, "null", $"\"{urls[1]}\""),
                MetaOf(1, $"\"{first}\"", $"\"{urls[2]}\""),
                MetaOf(2, $"\"{urls[1]}\"", "null"),
            ],
            pages.Select(page => page.Meta.ToJsonString(TwilioJson.Options))
        );
        Assert.Equal(pages[1].Answer.Text, (await list.PageAsync(pages[2].Previous!)).Answer.Text);
        Assert.Equal("6 5 4", Indices(await list.PageAsync(first)));

        string MetaOf(int page, string previous, string next) =>
            $$"""
                {"page":{{page}},"page_size":3,"first_page_url":"{{urls[0]}}","previous_page_url":{{previous}},
                "url":"{{urls[page]}}","next_page_url":{{next}},"key":"messages"}
                """.ReplaceLineEndings("");
    }

    [Theory, Everywhere]
    public async Task A_token_is_an_index_whether_a_message_has_it_or_not(Store store, Shape shape)
    {
        var list = await RowList.NewAsync(store, shape, Resources.Messages.Path);
        var sids = await list.FillAsync(6);
        await list.DeleteAsync(sids[2]);
        await list.DeleteAsync(sids[3]);

        Assert.Equal("4 5", Indices(await list.PageAsync("?PageToken=PT2")));
        Assert.Equal("1 0", Indices(await list.PageAsync("?Order=desc&PageToken=PT3")));
        Assert.Equal("4", Indices(await list.PageAsync("?PageSize=1&PageToken=PT002")));
        var beyond = await list.PageAsync($"?PageSize=2&PageToken=PT{new string('9', 30)}");
        Assert.Equal("", Indices(beyond));
        Assert.Equal(list.Url("?PageSize=2&Page=0&PageToken=PT4"), beyond.Previous);
        Assert.Equal("5 4 1 0", Indices(await list.PageAsync($"?Order=desc&PageToken=PT{new string('9', 30)}")));
        Assert.Equal("5", Indices(await list.PageAsync("?Order=desc&PageSize=1")));
    }

    [Theory, Everywhere]
    public async Task The_order_and_the_token_are_checked(Store store, Shape shape)
    {
        var list = await RowList.NewAsync(store, shape, Resources.Messages.Path);

        await Assert.AllAsync(
            ["up", "ascending", "%20asc", "null", "desc&Order=x"],
            async order => (await list.GetAsync($"?Order={order}")).Is(TwilioErrors.InvalidOrder)
        );
        await Assert.AllAsync(["", "asc", "ASC", "Desc"], async order => await list.PageAsync($"?Order={order}"));
        await Assert.AllAsync(
            ["PT-1", "PT-0", $"PT-{new string('9', 30)}"],
            async token => (await list.GetAsync($"?PageToken={token}")).Is(TwilioErrors.NegativePageToken)
        );
        await Assert.AllAsync(
            ["5", "PT", "PT-", "PT--1", "PT+1", "PT1.0", "PT%D9%A3", "pt1", $"PTIM{new string('0', 32)}"],
            async token => (await list.GetAsync($"?PageToken={token}")).Is(TwilioErrors.InvalidPageToken)
        );
    }

    private static string Indices(RowPage page) => string.Join(' ', page.Values(["index"]));
}
