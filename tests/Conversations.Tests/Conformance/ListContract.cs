using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.Tests.Conformance;

/// <summary>The paging of every list. Each resource tests what is special about its own list.</summary>
public sealed class ListContract
{
    [Theory, EveryList]
    public async Task A_list_has_its_rows_and_seven_members_of_meta(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        await list.CreateAsync();
        var size = list.Resource.DefaultPageSize;

        var page = await list.PageAsync();

        Assert.Equal(["meta", list.Key], page.Answer.Body.AsObject().Select(member => member.Key));
        Assert.Equal(
            $$"""
            {"page":0,"page_size":{{size}},"first_page_url":"{{list.Url($"?PageSize={size}&Page=0")}}",
            "previous_page_url":null,"url":"{{list.Url($"?PageSize={size}&Page=0")}}","next_page_url":null,
            "key":"{{list.Key}}"}
            """.ReplaceLineEndings(""),
            page.Meta.ToJsonString(TwilioJson.Options)
        );
    }

    [Theory, EveryList]
    public async Task Pages_lead_forward_and_back_over_every_row_once_in_the_order_of_creation(
        Store store,
        Shape shape,
        string resource
    )
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var size = list.PageSize;
        var sids = await list.FillAsync((2 * size) + 1);

        List<RowPage> pages = [await list.PageAsync($"?PageSize={size}")];
        while (pages[^1].Next is { } next)
        {
            pages.Add(await list.PageAsync(next));
        }

        Assert.Equal([sids[..size], sids[size..(2 * size)], sids[(2 * size)..]], pages.Select(page => page.Sids));
        string[] urls =
        [
            list.Url($"?PageSize={size}&Page=0"),
            list.Url($"?PageSize={size}&Page=1&PageToken={list.TokenOf(sids[size])}"),
            list.Url($"?PageSize={size}&Page=2&PageToken={list.TokenOf(sids[2 * size])}"),
        ];
        Assert.Equal(
            [
                MetaOf(0, previous: null, urls[1]),
                MetaOf(1, list.Url($"?PageSize={size}&Page=0&PageToken={list.TokenOf(sids[0], sids[size])}"), urls[2]),
                MetaOf(
                    2,
                    list.Url($"?PageSize={size}&Page=1&PageToken={list.TokenOf(sids[size], sids[2 * size])}"),
                    next: null
                ),
            ],
            pages.Select(page => page.Meta.ToJsonString(TwilioJson.Options))
        );

        var middle = await list.PageAsync(pages[2].Previous!);
        Assert.Equal(pages[1].Sids, middle.Sids);
        Assert.Equal((pages[1].Previous, pages[1].Next), (middle.Previous, middle.Next));
        var first = await list.PageAsync(middle.Previous!);
        Assert.Equal(sids[..size], first.Sids);
        Assert.Null(first.Previous);
        Assert.Equal(urls[1], first.Next);

        string MetaOf(int page, string? previous, string? next) =>
            $$"""
                {"page":{{page}},"page_size":{{size}},"first_page_url":"{{urls[0]}}",
                "previous_page_url":{{Text(previous)}},"url":"{{urls[page]}}","next_page_url":{{Text(next)}},
                "key":"{{list.Key}}"}
                """.ReplaceLineEndings("");

        static string Text(string? url) => url is null ? "null" : $"\"{url}\"";
    }

    [Theory, EveryList]
    public async Task A_full_last_page_has_no_next_page(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var size = list.PageSize;
        var sids = await list.FillAsync(2 * size);

        var first = await list.PageAsync($"?PageSize={size}");
        var last = await list.PageAsync(first.Next!);

        Assert.Equal(sids[size..], last.Sids);
        Assert.Null(last.Next);
        Assert.Null((await list.PageAsync($"?PageSize={2 * size}")).Next);
    }

    [Theory, EveryList]
    public async Task PageSize_sets_the_page_size_up_to_the_maximum(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var (usual, max) = (list.Resource.DefaultPageSize, list.Resource.MaxPageSize);
        (string Query, int Size)[] sizes =
        [
            ("?PageSize=1", 1),
            ("?PageSize=007", 7),
            ("?PageSize=100", Math.Min(100, max)),
            ($"?PageSize={max}", max),
            ($"?PageSize={max + 1}", max),
            ("?PageSize=2147483648", max),
            ($"?PageSize={new string('9', 500)}", max),
            ("?PageSize=", usual),
            ("?pagesize=7", usual),
            ("?PageSize=2&PageSize=7", 7),
            ("?PageSize=nonsense&PageSize=7", 7),
        ];

        await Assert.AllAsync(
            sizes,
            async size =>
            {
                var page = await list.PageAsync(size.Query);
                Assert.Equal(size.Size, page.Meta["page_size"]!.GetValue<int>());
                Assert.Equal(list.Url($"?PageSize={size.Size}&Page=0"), page.Url);
            }
        );
    }

    [Theory, EveryList]
    public async Task A_page_size_that_is_not_a_positive_number_is_refused(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);

        await Assert.AllAsync(
            ["0", "00", "-1", "+5", "%205", "1.5", "1e2", "0x10", "ten", "null", "%D9%A3", "3&PageSize=ten"],
            async size => (await list.GetAsync($"?PageSize={size}")).Is(TwilioErrors.InvalidPageSize)
        );
    }

    [Theory, EveryList]
    public async Task An_invalid_page_number_is_refused(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);

        await Assert.AllAsync(
            ["-1", "+1", "%201", "1.5", "two", "null", "99999999999", "1&Page=two"],
            async page => (await list.GetAsync($"?Page={page}")).Is(TwilioErrors.InvalidPage)
        );
    }

    [Theory, EveryList]
    public async Task The_pages_around_the_highest_page_number_can_be_read(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(5);

        var page = await list.PageAsync($"?PageSize=2&Page={int.MaxValue}&PageToken={list.TokenOf(sids[2])}");

        Assert.Equal(int.MaxValue, page.Meta["page"]!.GetValue<int>());
        Assert.Equal(sids[4], (await list.PageAsync(page.Next!)).Sids[0]);
        Assert.Equal(sids[..2], (await list.PageAsync(page.Previous!)).Sids);
    }

    [Theory, EveryList]
    public async Task A_page_number_without_a_token_means_the_first_page(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(6);

        var page = await list.PageAsync("?PageSize=2&Page=1");

        Assert.Equal(sids[..2], page.Sids);
        Assert.Equal(
            $$"""
            {"page":1,"page_size":2,"first_page_url":"{{list.Url("?PageSize=2&Page=0")}}","previous_page_url":null,
            "url":"{{list.Url("?PageSize=2&Page=1")}}",
            "next_page_url":"{{list.Url($"?PageSize=2&Page=2&PageToken={list.TokenOf(sids[2])}")}}",
            "key":"{{list.Key}}"}
            """.ReplaceLineEndings(""),
            page.Meta.ToJsonString(TwilioJson.Options)
        );
    }

    [Theory, EveryList]
    public async Task The_parameters_of_a_page_may_have_any_order_and_another_size(
        Store store,
        Shape shape,
        string resource
    )
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(7);
        var token = $"PageToken={list.TokenOf(sids[2])}";

        var page = await list.PageAsync($"/?{token}&Page=5&Unknown=1&PageSize=2");
        Assert.Equal(sids[2..4], page.Sids);
        Assert.Equal(list.Url($"?PageSize=2&Page=5&{token}"), page.Url);
        Assert.Equal(list.Url($"?PageSize=2&Page=4&PageToken={list.TokenOf(sids[0], sids[2])}"), page.Previous);
        Assert.Equal(list.Url($"?PageSize=2&Page=6&PageToken={list.TokenOf(sids[4])}"), page.Next);

        var alone = await list.PageAsync($"?{token}");
        Assert.Equal(sids[2..], alone.Sids);
        Assert.Equal(list.Url($"?PageSize={list.Resource.DefaultPageSize}&Page=0&{token}"), alone.Url);
        Assert.Null(alone.Next);

        Assert.Equal(sids[..2], (await list.PageAsync("?PageSize=2&PageToken=")).Sids);
        Assert.Equal(sids[2..4], (await list.PageAsync($"?PageSize=2&PageToken=nonsense&{token}")).Sids);
    }

    [Theory, EveryList]
    public async Task A_damaged_page_token_is_refused(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sid = await list.CreateAsync();
        string[] tokens =
        [
            "nonsense",
            "PT",
            sid,
            $"pt{sid}",
            $"PA{sid}",
            $"PT {sid}",
            $"PT{sid[..^1]}",
            $"PT{sid}0",
            $"PT{sid}{sid[..^1]}",
            $"PT{sid}{sid}0",
            $"PT{sid}PT{sid}",
            $"PT{sid[..^1]}g",
            $"PTXX{sid[2..]}",
            $"PT{list.Resource.SidPrefix!.ToLowerInvariant()}{sid[2..]}",
            $"PTAC{sid[2..]}",
            "%",
            "%zz",
            $"PT{sid}%0A",
            "%FF%FE",
            "PT%F0%9F%98%80",
            $"PT{sid}'--",
            $"PT{sid}&PageToken=PT",
        ];

        await Assert.AllAsync(
            tokens,
            async token => (await list.GetAsync($"?PageToken={token}")).Is(TwilioErrors.InvalidPageToken)
        );

        // NUL is refused everywhere, before the parameter is read.
        (await list.GetAsync($"?PageToken=PT{sid}%00")).Is(TwilioErrors.MalformedRequest);
    }

    [Theory, EveryList]
    public async Task The_token_of_a_deleted_row_continues_with_the_next_row(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(8);
        var size = sids.Count - 3;
        var first = await list.PageAsync($"?PageSize={size}");

        await list.DeleteAsync(sids[^3]);
        Assert.Equal(sids[^2..], (await list.PageAsync(first.Next!)).Sids);

        await list.DeleteAsync(sids[^2]);
        await list.DeleteAsync(sids[^1]);
        var empty = await list.PageAsync(first.Next!);
        Assert.Empty(empty.Sids);
        Assert.Null(empty.Next);
        Assert.Equal(sids[..size], (await list.PageAsync(empty.Previous!)).Sids);
    }

    [Theory, EveryList]
    public async Task Rows_created_and_deleted_while_paging_hide_and_repeat_no_other_row(
        Store store,
        Shape shape,
        string resource
    )
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(9);
        var size = sids.Count - 3;
        var page = await list.PageAsync($"?PageSize={size}");
        Assert.Equal(sids[..size], page.Sids);

        await list.DeleteAsync(sids[size - 1]);
        await list.DeleteAsync(sids[^2]);
        var late = await list.CreateAsync();

        List<string> rest = [];
        while (page.Next is { } next)
        {
            page = await list.PageAsync(next);
            rest.AddRange(page.Sids);
        }

        Assert.Equal([sids[^3], sids[^1], late], rest);
    }

    [Theory, EveryList]
    public async Task Pages_before_a_deleted_row_repeat_no_row(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(7);
        var size = list.PageSize;
        var first = await list.PageAsync($"?PageSize={size}");
        var second = await list.PageAsync(first.Next!);
        var third = await list.PageAsync(second.Next!);

        await list.DeleteAsync(sids[^1]); // The last page may become empty.
        await list.DeleteAsync(second.Sids[^1]);

        var middle = await list.PageAsync(third.Previous!);
        if (list.IsByIndex)
        {
            // Such a token has no end, so rows of the next page follow.
            var next = third.Sids.Except([sids[^1]]);
            Assert.Equal(second.Sids[..^1].Concat(next).Take(size), middle.Sids);
            return;
        }

        Assert.Equal(second.Sids[..^1], middle.Sids);
        Assert.Equal(third.Sids.Except([sids[^1]]), (await list.PageAsync(middle.Next!)).Sids);
        var start = await list.PageAsync(second.Previous!);
        Assert.Equal(first.Sids, start.Sids);
        Assert.Null(start.Previous);
        Assert.Equal(middle.Sids[0], (await list.PageAsync(start.Next!)).Sids[0]);
    }

    [Theory, EveryList]
    public async Task The_token_of_another_list_shows_none_of_its_rows(Store store, Shape shape, string resource)
    {
        var earlier = await RowList.NewAsync(store, shape, resource);
        var own = await earlier.FillAsync(6);
        var foreign = own[^1];
        var list = await RowList.NewAsync(store, shape, resource);
        var sids = await list.FillAsync(6);
        await (await RowList.NewAsync(store, shape, resource)).FillAsync(6);

        // A token is only a position in the order of creation: all own rows that were created later follow the other
        // account's row. An index is a position in each list.
        var page = await list.PageAsync($"?PageToken={earlier.TokenOf(foreign)}");
        Assert.Equal(sids[^1], page.Sids[^1]);
        Assert.Empty(page.Sids.Except(sids));
        var later = await earlier.PageAsync($"?PageToken={list.TokenOf(sids[^1])}");
        Assert.Equal(list.IsByIndex ? own[^1..] : [], later.Sids);
    }

    [Theory, EveryList]
    public async Task Page_URLs_have_the_host_that_the_caller_used(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        await list.FillAsync(6);
        using var request = new HttpRequestMessage(HttpMethod.Get, list.Path + list.QueryOf("?PageSize=2"))
        {
            Headers = { Host = "conversations.example.com:8443" },
        };

        using var response = await list.Twilio.Http.SendAsync(request);

        var page = new RowPage(
            new(
                response.StatusCode,
                await response.Content.ReadAsStringAsync(),
                response.Headers,
                response.Content.Headers
            ),
            list.Key
        );
        var url = $"http://conversations.example.com:8443{list.Path}{list.QueryOf("?PageSize=2&Page=")}";
        Assert.Equal($"{url}0", page.Url);
        Assert.StartsWith($"{url}1&PageToken=PT", page.Next, StringComparison.Ordinal);
        Assert.All(
            page.Answer.Body[list.Key]!.AsArray(),
            row =>
                Assert.StartsWith(
                    "http://conversations.example.com:8443/v1/",
                    (row!["url"] ?? row["links"]!["conversation"])!.GetValue<string>(),
                    StringComparison.Ordinal
                )
        );
    }

    [Theory, EveryList(WithRowPaths = true)]
    public async Task Rows_of_a_list_equal_the_fetched_rows(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        await list.FillAsync(6);

        var page = await list.PageAsync();

        await Assert.AllAsync(
            page.Answer.Body[list.Key]!.AsArray(),
            async row =>
                Assert.Equal(
                    (await list.Twilio.GetAsync(row!["url"]!.GetValue<string>())).Ok().Text,
                    row.ToJsonString(TwilioJson.Options)
                )
        );
    }

    [Theory, EveryList(InServiceOnly = true)]
    public async Task A_list_of_an_unknown_service_is_not_found(Store store, Shape shape, string resource)
    {
        var list = await RowList.NewAsync(store, shape, resource);
        var foreign = (await Twilio.NewAccountAsync(store)).ChatServiceSid;

        await Assert.AllAsync(
            [foreign, $"IS{new string('f', 32)}", "nonsense", "IS"],
            async service =>
            {
                var path = list.Path.Replace(list.Twilio.ChatServiceSid, service, StringComparison.Ordinal);
                (await list.Twilio.GetAsync(path + list.QueryOf("?PageSize=5"))).Is(
                    TwilioErrors.NotFound(path["/v1".Length..])
                );
            }
        );
    }

    [Theory]
    [OnEachStore]
    public async Task A_page_has_50_rows_by_default_and_at_most_1000(Store store)
    {
        var list = await RowList.NewAsync(store, Shape.Default, Resources.Users.Path);
        await AddUsersAsync(list.Twilio, 1001);

        Assert.Equal(50, (await list.PageAsync()).Sids.Count);
        var page = await list.PageAsync("?PageSize=5000");
        Assert.Equal(1000, page.Sids.Count);
        Assert.Single((await list.PageAsync(page.Next!)).Sids);
    }

    // Creating this many rows through HTTP would take seconds.
    private static async Task AddUsersAsync(Twilio twilio, int count)
    {
        var role = (await twilio.GetAsync("Roles")).Ok().Body["roles"]![3]!["sid"]!.GetValue<string>();
        await using var scope = twilio.Server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ConversationsDbContext>();
        var now = DateTimeOffset.UtcNow;
        db.AddRange(
            Enumerable
                .Range(0, count)
                .Select(number => new User
                {
                    Sid = Sids.New("US", now),
                    AccountSid = twilio.AccountSid,
                    ChatServiceSid = twilio.ChatServiceSid,
                    Identity = $"user {number}",
                    RoleSid = role,
                    DateCreated = now.UtcDateTime,
                    DateUpdated = now.UtcDateTime,
                })
        );
        Assert.True(await db.TryWriteAsync(() => db.SaveChangesAsync(), default));
    }
}
