using System.Net;
using System.Text;
using Conversations.Api.Errors;

namespace Conversations.Tests.Http;

/// <summary>
/// Requests that no program sends on purpose. Each gets an error below 500 with a body, and the server continues.
/// </summary>
public sealed class MalformedRequestTests
{
    private const string FormType = "Content-Type: application/x-www-form-urlencoded";
    private const string Multipart = "Content-Type: multipart/form-data; boundary=X";

    [Theory]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 100_000)]
    public async Task A_body_of_more_than_a_megabyte_is_too_large(int length)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        (await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity={new string('a', length)}", FormType)).Is(
            TwilioErrors.RequestTooLarge
        );
    }

    [Fact]
    public async Task A_body_with_too_large_a_Content_Length_is_refused_before_it_is_sent()
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        (await RawHttp.SendAsync(twilio, $"POST {participants}", body: null, FormType, "Content-Length: 99999999")).Is(
            TwilioErrors.RequestTooLarge
        );
    }

    [Theory]
    [InlineData(Multipart, "garbage")]
    [InlineData(Multipart, "--X\r\nContent-Disposition: form-data; name=\"Identity\"\r\n\r\nalice")]
    [InlineData(Multipart, "--X\r\nno colon\r\n\r\nalice\r\n--X--\r\n")]
    [InlineData(Multipart, "--X\r\nContent-Disposition: ;;;\r\n\r\nalice\r\n--X--\r\n")]
    [InlineData("Content-Type: multipart/form-data", "--X\r\n")]
    [InlineData(FormType + "; charset=utf-7", "Identity=alice")]
    public async Task A_form_that_cannot_be_read_is_malformed(string contentType, string body)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);

        (await RawHttp.SendAsync(twilio, $"POST {participants}", body, contentType)).Is(TwilioErrors.MalformedRequest);
    }

    [Theory]
    [OnEachStore("Identity=a%00b")]
    [OnEachStore("Identity=a\0b")]
    [OnEachStore("Iden\0tity=a&Identity=%00")]
    [OnEachStore("Identity=alice&Attributes=%22%00%22")]
    [OnEachStore("MessagingBinding.Address=%2B15005550001%00&MessagingBinding.ProxyAddress=%2B15005550002")]
    [OnEachStore("Identity=alice&RoleSid=%00")]
    public async Task A_NUL_in_a_form_is_malformed(Store store, string body)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        (await RawHttp.SendAsync(twilio, $"POST {participants}", body, FormType)).Is(TwilioErrors.MalformedRequest);
    }

    [Theory]
    [OnEachStore("/v1/Conversations?PageToken=%00")]
    [OnEachStore("/v1/Conversations?State=%00")]
    // Kestrel refuses NUL in other targets. A proxy's absolute form reaches the application.
    [OnEachStore("SERVER/v1/Conversations/a%00b")]
    public async Task A_NUL_in_a_target_is_malformed(Store store, string target)
    {
        var twilio = await Twilio.NewAccountAsync(store);

        (
            await RawHttp.SendAsync(
                twilio,
                $"GET {target.Replace("SERVER/", twilio.Server.Address.ToString(), StringComparison.Ordinal)}"
            )
        ).Is(TwilioErrors.MalformedRequest);
    }

    [Theory]
    [OnEachStore("%FF")]
    [OnEachStore("%ED%A0%80")] // A lone surrogate.
    [OnEachStore("%C0%AF")] // An overlong /.
    [OnEachStore("%F4%90%80%80")] // Beyond Unicode.
    [OnEachStore("%zz")]
    [OnEachStore("a%b")]
    [OnEachStore("%")]
    [OnEachStore("%u00e4")]
    [OnEachStore("\u0001")]
    public async Task Invalid_escapes_and_invalid_UTF_8_are_taken_literally(Store store, string text)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        (await RawHttp.SendAsync(twilio, $"GET {participants}/{text}")).Is(
            TwilioErrors.NotFound($"{participants["/v1".Length..]}/{text}")
        );
        Assert.Equal(
            text,
            (await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity={text}", FormType)).Created()[
                "identity"
            ]
        );
        Assert.Equal(text, (await RawHttp.SendAsync(twilio, $"GET {participants}/{text}")).Ok()["identity"]);
        (await RawHttp.SendAsync(twilio, $"GET {participants}?PageToken={text}")).Is(TwilioErrors.InvalidPageToken);
        (await RawHttp.SendAsync(twilio, $"GET {participants}?PageSize={text}")).Is(TwilioErrors.InvalidPageSize);
        (await RawHttp.SendAsync(twilio, $"GET /v1/Services/{text}/Conversations")).Is(
            TwilioErrors.NotFound($"/Services/{text}/Conversations")
        );
    }

    [Theory]
    [OnEachStore("\u00ff")]
    [OnEachStore("\u00ed\u00a0\u0080")]
    public async Task Invalid_UTF_8_becomes_replacement_characters(Store store, string bytes)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        Assert.Equal(
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes)),
            (await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity={bytes}", FormType)).Created()[
                "identity"
            ]
        );
    }

    [Theory]
    [OnEachStore("\"%5Cud800\"")]
    [OnEachStore("\"%5Cu0000\"")]
    [OnEachStore("1e999999")]
    [OnEachStore("{\"a\":1,\"a\":2}")]
    public async Task Unusual_attributes_that_are_valid_JSON_are_stored_unchanged(Store store, string attributes)
    {
        var (twilio, participants) = await NewConversationAsync(store);

        Assert.Equal(
            Uri.UnescapeDataString(attributes),
            (
                await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity=a&Attributes={attributes}", FormType)
            ).Created()["attributes"]
        );
    }

    [Theory]
    [OnEachStore(100)]
    [OnEachStore(2000)]
    public async Task Deeply_nested_attributes_that_never_close_are_invalid_JSON(Store store, int depth)
    {
        var (twilio, participants) = await NewConversationAsync(store);
        var attributes = new string('[', depth) + new string(']', depth - 1);

        (await RawHttp.SendAsync(twilio, $"POST {participants}", $"Identity=a&Attributes={attributes}", FormType)).Is(
            TwilioErrors.AttributesNotJson
        );
    }

    [Theory, OnEachStore]
    public async Task A_path_of_the_maximum_request_line_length_is_handled_as_usual(Store store)
    {
        var (twilio, participants) = await NewConversationAsync(store);
        var path = $"{participants}/{new string('a', 8000 - participants.Length)}";

        (await RawHttp.SendAsync(twilio, $"GET {path}")).Is(TwilioErrors.NotFound(path["/v1".Length..]));
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("5\r\nIdentity=a\r\n0\r\n\r\n")]
    public async Task A_body_with_invalid_chunks_is_malformed(string chunks)
    {
        var (twilio, participants) = await NewConversationAsync(Store.Sqlite);
        var request = RawHttp.Request(
            $"POST {participants} HTTP/1.1",
            body: null,
            [
                "Host: localhost",
                $"Authorization: {twilio.Http.DefaultRequestHeaders.Authorization}",
                FormType,
                "Transfer-Encoding: chunked",
            ]
        );

        RawHttp
            .Read(await RawHttp.ExchangeAsync(twilio.Server.Address, request + chunks))
            .Is(TwilioErrors.MalformedRequest);
    }

    /// <summary>
    /// Kestrel refuses these before they become a request, with a status and an empty body. The list reveals changes.
    /// </summary>
    [Theory]
    [InlineData("rubbish", 400)]
    [InlineData("GET /v1/Conversations HTTP/9.9\r\nHost: h", 505)]
    [InlineData("B@D /v1/Conversations HTTP/1.1\r\nHost: h", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: h", 405)]
    [InlineData("GET v1/Conversations HTTP/1.1\r\nHost: h", 400)]
    [InlineData("GET /v1/Conversations/a b HTTP/1.1\r\nHost: h", 400)]
    [InlineData("GET /v1/Conversations/a%00b HTTP/1.1\r\nHost: h", 400)]
    [InlineData("GET /v1/Conversations/\u00ff HTTP/1.1\r\nHost: h", 400)]
    [InlineData("GET /v1/Conversations HTTP/1.1", 400)]
    [InlineData("GET /v1/Conversations HTTP/1.1\r\nHost: a b", 400)]
    [InlineData("GET /v1/Conversations HTTP/1.1\r\nHost: a\r\nHost: b", 400)]
    [InlineData("GET /v1/Conversations HTTP/1.1\r\nHost: h\r\nno colon", 400)]
    [InlineData("GET /v1/Conversations HTTP/1.1\r\nHost: h\r\nX: \u00ff", 400)]
    [InlineData("POST /v1/Conversations HTTP/1.1\r\nHost: h\r\nContent-Length: abc", 400)]
    [InlineData("POST /v1/Conversations HTTP/1.1\r\nHost: h\r\nContent-Length: -1", 400)]
    [InlineData("POST /v1/Conversations HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: foo", 400)]
    [InlineData("LONG LINE", 414)]
    [InlineData("MANY HEADERS", 431)]
    [InlineData("LONG HEADER", 431)]
    public async Task Invalid_HTTP_is_refused_with_an_empty_body(string head, int status)
    {
        var server = await TestServer.OnAsync(Store.Sqlite);
        var sent = head switch
        {
            "LONG LINE" => $"GET /v1/{new string('a', 9000)} HTTP/1.1\r\nHost: h",
            "MANY HEADERS" => "GET /v1 HTTP/1.1\r\nHost: h"
                + string.Concat(Enumerable.Range(0, 200).Select(i => $"\r\nX-{i}: 1")),
            "LONG HEADER" => $"GET /v1 HTTP/1.1\r\nHost: h\r\nX: {new string('a', 40_000)}",
            _ => head,
        };

        var answer = RawHttp.Read(await RawHttp.ExchangeAsync(server.Address, sent + "\r\n\r\n"));

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Equal("", answer.Text);
    }

    private static async Task<(Twilio Twilio, string Participants)> NewConversationAsync(Store store)
    {
        var twilio = await Twilio.NewAccountAsync(store);
        return (twilio, $"/v1/Conversations/{await twilio.NewConversationAsync()}/Participants");
    }
}
