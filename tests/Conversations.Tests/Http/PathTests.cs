using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

/// <summary>A path is split into segments at /, then each segment is decoded once.</summary>
public sealed class PathTests
{
    [Theory]
    [OnEachStore("a+b", "a+b")]
    [OnEachStore("a b", "a%20b")]
    [OnEachStore("a+b@example.com", "a+b@example.com")]
    [OnEachStore("a+b@example.com", "a%2Bb%40example.com")]
    [OnEachStore("x/y", "x%2Fy")]
    [OnEachStore("x/y", "x%2fy")]
    [OnEachStore("x%2Fy", "x%252Fy")]
    [OnEachStore("%", "%25")]
    [OnEachStore("%", "%")]
    [OnEachStore("a?b#c", "a%3Fb%23c")]
    [OnEachStore("ü😀", "%C3%BC%F0%9F%98%80")]
    [OnEachStore("../x", "..%2Fx")]
    [OnEachStore("..", "%2E%2E")]
    [OnEachStore("..", "..")]
    [OnEachStore(".", "%2e")]
    [OnEachStore("a\\b", "a\\b")]
    [OnEachStore("a;b,c:d", "a;b,c:d")]
    [OnEachStore("a\nb", "a%0Ab")]
    public async Task An_identity_in_a_path_is_decoded_once(Store store, string identity, string sent)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var participants = $"/v1/Conversations/{await twilio.NewConversationAsync()}/Participants";
        var sid = (await twilio.PostAsync(participants, ("Identity", identity))).Created()["sid"];

        Assert.Equal(sid, (await RawHttp.SendAsync(twilio, $"GET {participants}/{sent}")).Ok()["sid"]);
        (await RawHttp.SendAsync(twilio, $"GET {participants}/{sent}x")).Is(
            TwilioErrors.NotFound($"{participants["/v1".Length..]}/{sent}x")
        );
    }

    [Theory, Everywhere]
    public async Task A_unique_name_in_a_path_is_decoded_like_an_identity(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        await twilio.NewConversationAsync(("UniqueName", "Büro/1+2%2F"));
        var path = twilio.PathOf("Conversations/B%C3%BCro%2F1+2%252F/Participants");

        var created = (
            await RawHttp.SendAsync(
                twilio,
                $"POST {path}",
                "Identity=x%2Fy",
                "Content-Type: application/x-www-form-urlencoded"
            )
        ).Created();

        Assert.Equal(created["sid"], (await RawHttp.SendAsync(twilio, $"GET {path}/x%2Fy")).Ok()["sid"]);
        var list = (await RawHttp.SendAsync(twilio, $"GET {path}?PageSize=1")).Ok();
        Assert.EndsWith(
            $"{path}?PageSize=1&Page=0",
            (string?)list.Body["meta"]!["first_page_url"],
            StringComparison.Ordinal
        );
    }

    [Theory, Everywhere]
    public async Task Deleting_a_segment_of_dots_never_deletes_its_parent(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var conversation = await twilio.NewConversationAsync();

        foreach (var piece in new[] { "..", "%2E%2E", ".%2e", ".", "%2E" })
        {
            var path = twilio.PathOf($"Conversations/{conversation}/Participants/{piece}");
            (await RawHttp.SendAsync(twilio, $"DELETE {path}")).Is(TwilioErrors.NotFound(path["/v1".Length..]));
        }

        (await twilio.GetAsync($"Conversations/{conversation}")).Ok();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("?")]
    [InlineData("/?x=y")]
    public async Task A_trailing_slash_is_accepted(string end)
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var conversation = await twilio.NewConversationAsync();

        Assert.Equal(
            conversation,
            (await RawHttp.SendAsync(twilio, $"GET /v1/Conversations/{conversation}{end}")).Ok()["sid"]
        );
    }
}
