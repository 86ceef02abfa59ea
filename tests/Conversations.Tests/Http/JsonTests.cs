using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Conversations.Tests.Http;

public sealed partial class JsonTests
{
    [Theory, OnEachStore]
    public async Task JSON_contains_letters_and_signs_unescaped(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var created = (
            await twilio.PostAsync($"Conversations/{conversation}/Participants", ("Identity", "ü+<&>'€"))
        ).Created();

        Assert.Contains("\"identity\":\"ü+<&>'€\"", created.Text, StringComparison.Ordinal);
        Assert.Equal("application/json", created.ContentHeaders.ContentType?.ToString());
    }

    /// <summary>A page may be large, so the server does not keep it in memory to count its bytes.</summary>
    [Fact]
    public async Task A_resource_has_its_length_and_a_page_is_sent_in_chunks()
    {
        var twilio = await Twilio.NewAccountAsync(Store.Sqlite);
        var conversation = await twilio.NewConversationAsync(("FriendlyName", "ü"));

        var resource = await RawHttp.SendAsync(twilio, $"GET /v1/Conversations/{conversation}");
        var head = await RawHttp.SendAsync(twilio, $"HEAD /v1/Conversations/{conversation}");
        var page = await RawHttp.SendAsync(twilio, "GET /v1/Conversations");

        Assert.Equal(Encoding.UTF8.GetByteCount(resource.Text), resource.ContentHeaders.ContentLength);
        Assert.Equal(("", resource.ContentHeaders.ContentLength), (head.Text, head.ContentHeaders.ContentLength));
        Assert.True(page.Headers.TransferEncodingChunked);
        Assert.Equal("ü", (string?)page.Body["conversations"]![0]!["friendly_name"]);
    }

    [Theory]
    [OnEachStore("😀")]
    [OnEachStore("\"quoted\" \\ and\ttabbed\r\n\r\nwith an empty line")]
    [OnEachStore("\u2028\u2029\u00a0\u200d\ufeff")]
    [OnEachStore("\u0001\u001f\u007f\u0085")]
    [OnEachStore("e\u0301 is not \u00e9")]
    public async Task Any_text_is_returned_unchanged(Store store, string text)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync(("FriendlyName", text));
        var attributes = $"{{\"text\":{JsonValue.Create(text).ToJsonString()}}}";
        var sid = await twilio.NewParticipantAsync(conversation, ("Identity", text), ("Attributes", attributes));

        Assert.Equal(text, (await twilio.GetAsync($"Conversations/{conversation}")).Ok()["friendly_name"]);
        var fetched = (await twilio.GetAsync($"Conversations/{conversation}/Participants/{sid}")).Ok();
        Assert.Equal((text, attributes), (fetched["identity"], fetched["attributes"]));
        Assert.DoesNotContain("\r\n\r\n", fetched.Text, StringComparison.Ordinal); // twilio-php cuts a body there.
    }

    [Theory]
    [OnEachStore("2019-05-15T13:37:35Z")]
    [OnEachStore("2019-05-15T15:37:35+02:00")]
    [OnEachStore("2019-05-15T13:37:35")]
    [OnEachStore("2019-05-15T13:37:35.999Z")]
    [OnEachStore("2019-05-15T13:37:35.1234567+00:00")]
    public async Task A_date_may_have_any_time_zone_and_is_returned_in_whole_seconds_of_UTC(Store store, string date)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        var conversation = await twilio.NewConversationAsync();

        var created = (
            await twilio.PostAsync(
                $"Conversations/{conversation}/Participants",
                ("Identity", "alice"),
                ("DateCreated", date)
            )
        ).Created();

        Assert.Equal("2019-05-15T13:37:35Z", created["date_created"]);
        Assert.Equal(
            "2019-05-15T13:37:35Z",
            (await twilio.GetAsync($"Conversations/{conversation}/Participants/alice")).Ok()["date_created"]
        );
    }

    [Theory, Everywhere]
    public async Task Every_member_has_the_type_that_the_libraries_expect(Store store, Shape shape)
    {
        var twilio = await Twilio.NewAccountAsync(store, shape);
        var participants = $"Conversations/{await twilio.NewConversationAsync()}/Participants";
        await twilio.PostAsync(participants, ("Identity", "alice"));
        var phone = (
            await twilio.PostAsync(
                participants,
                ("MessagingBinding.Address", "+15005550001"),
                ("MessagingBinding.ProxyAddress", "+15005550002")
            )
        ).Created();
        var read = (
            await twilio.PostAsync($"{participants}/alice", ("LastReadMessageIndex", "7"), ("Attributes", "{\"a\":1}"))
        ).Ok();

        Assert.Equal("{\"a\":1}", read["attributes"]);
        Assert.Equal(7, (int)read.Body["last_read_message_index"]!);
        Assert.Matches(WholeSeconds(), read["last_read_timestamp"]);
        Assert.Null(read.Body["messaging_binding"]);
        Assert.IsType<JsonObject>(phone.Body["messaging_binding"]);
        foreach (var answer in new[] { phone, read, (await twilio.GetAsync($"{participants}/{phone["sid"]}")).Ok() })
        {
            var members = answer.Body.AsObject().Select(member => member.Key).Where(key => key != "chat_service_sid");
            Assert.Equal(
                [
                    "account_sid",
                    "conversation_sid",
                    "sid",
                    "identity",
                    "attributes",
                    "messaging_binding",
                    "role_sid",
                    "date_created",
                    "date_updated",
                    "url",
                    "last_read_message_index",
                    "last_read_timestamp",
                ],
                members
            );
            Assert.Matches(WholeSeconds(), answer["date_created"]);
            Assert.Matches(WholeSeconds(), answer["date_updated"]);
            Assert.InRange(
                DateTimeOffset.Parse(answer["date_created"], CultureInfo.InvariantCulture),
                DateTimeOffset.UtcNow.AddMinutes(-10),
                DateTimeOffset.UtcNow
            );
        }

        (await twilio.DeleteAsync($"{participants}/alice")).NoContent();
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    private static partial Regex WholeSeconds();
}
