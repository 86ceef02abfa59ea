using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Conversations.Api.Webhooks;
using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.Webhooks;

/// <summary>The header X-Twilio-Signature.</summary>
public sealed class SignatureTests
{
    [Fact]
    public void The_signature_equals_the_test_vector_of_Twilios_Python_library() =>
        Assert.Equal(
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            WebhookSignature.Of(
                "12345",
                "https://mycompany.com/myapp.php?foo=1&bar=2",
                [
                    new("To", "+18005551212"),
                    new("From", "+14158675309"),
                    new("Digits", "1234"),
                    new("Caller", "+14158675309"),
                    new("CallSid", "CA1234567890ABCDE"),
                ]
            )
        );

    [Fact]
    public void The_signature_of_an_event_equals_that_of_Twilios_Python_library() =>
        Assert.Equal(
            "8IdFL6eWi3MzBHO95PXkl/5cjnU=",
            WebhookSignature.Of(
                "0123456789abcdef0123456789abcdef",
                "https://example.com/conv/post",
                [
                    new("AccountSid", $"AC{new string('0', 32)}"),
                    new("EventType", "onParticipantAdded"),
                    new("Source", "API"),
                    new("ConversationSid", $"CH{new string('0', 32)}"),
                    new("ParticipantSid", $"MB{new string('0', 32)}"),
                    new("DateCreated", "2021-09-29T15:51:18.516Z"),
                    new("RoleSid", $"RL{new string('0', 32)}"),
                    new("Attributes", "{}"),
                    new("MessagingBinding.Type", "sms"),
                    new("MessagingBinding.Address", "+15558675310"),
                    new("MessagingBinding.ProxyAddress", "+15017122661"),
                    new("RetryCount", "0"),
                ]
            )
        );

    /// <summary>
    /// The request is signed exactly as it arrives. The test computes the signature from the page
    /// https://www.twilio.com/docs/usage/security.
    /// </summary>
    [Theory]
    [OnEachStore("POST", "/hook", "/hook")]
    [OnEachStore("POST", "/höok?a=b c&d=%C3%A4&e#fragment", "/h%C3%B6ok?a=b%20c&d=%C3%A4&e")]
    [OnEachStore("GET", "/hook", "/hook?AccountSid=")]
    [OnEachStore("GET", "/höok?a=b c&d=%C3%A4&e#fragment", "/h%C3%B6ok?a=b%20c&d=%C3%A4&e&AccountSid=")]
    public async Task Requests_are_signed_with_the_token_of_the_account(
        Store store,
        string method,
        string path,
        string target
    )
    {
        await using var hooks = await Hooked.NewAsync(store);

        foreach (var request in await RequestsAsync(hooks, method, path))
        {
            Assert.StartsWith(target, request.Target, StringComparison.Ordinal);
            var signed =
                hooks.Receiver.Url(request.Target)
                + string.Concat(Signed(request).Select(parameter => parameter.Key + parameter.Value));
#pragma warning disable CA5350 // Twilio's scheme.
            var hash = HMACSHA1.HashData(
                Encoding.UTF8.GetBytes(TestServer.TokenOf(hooks.Plain.AccountSid)),
                Encoding.UTF8.GetBytes(signed)
            );
#pragma warning restore CA5350
            Assert.Equal(Convert.ToBase64String(hash), request.Headers["X-Twilio-Signature"]);
        }
    }

    [NeedsNode, OnEachStore]
    public async Task The_validator_of_Twilios_Node_js_library_accepts_exactly_the_received_requests(Store store)
    {
        List<object> asked = [];
        foreach (
            var (method, path) in new[]
            {
                ("POST", "/hook"),
                ("POST", "/höok?a=b c&d=%C3%A4&e"),
                ("GET", "/hook"),
                ("GET", "/höok?a=b c&d=%C3%A4&e"),
            }
        )
        {
            await using var hooks = await Hooked.NewAsync(store);
            var token = TestServer.TokenOf(hooks.Plain.AccountSid);
            foreach (var request in await RequestsAsync(hooks, method, path))
            {
                asked.Add(Question(token, request.Target, request));
                asked.Add(Question($"{token}0", request.Target, request));
                asked.Add(Question(token, request.Target.Replace("ok", "oke", StringComparison.Ordinal), request));
            }

            object Question(string authToken, string target, WebhookRequest request) =>
                new
                {
                    authToken,
                    signature = request.Headers["X-Twilio-Signature"],
                    url = hooks.Receiver.Url(target),
                    parameters = Signed(request).ToDictionary(),
                };
        }

        var answers = await LibraryProgram.RunAsync(
            NodeLibrary.Start(LibraryProgram.PathOf("node/signatures.cjs")),
            JsonSerializer.Serialize(asked)
        );

        Assert.Equal(
            Enumerable.Repeat((bool[])[true, false, false], 12).SelectMany(answer => answer),
            JsonSerializer.Deserialize<bool[]>(answers)!
        );
    }

    // Three events that contain everything that is hard to sign.
    private static async Task<IReadOnlyList<WebhookRequest>> RequestsAsync(Hooked hooks, string method, string path)
    {
        (
            await hooks.Plain.PostAsync(
                "/v1/Configuration/Webhooks",
                ("PreWebhookUrl", hooks.Receiver.Url(path)),
                ("PostWebhookUrl", hooks.Receiver.Url(path)),
                ("Method", method)
            )
        ).Ok();
        await hooks.Twilio.NewParticipantAsync(
            await hooks.Plain.NewConversationAsync(),
            ("Identity", "älice+b@example.com"),
            ("Attributes", """{"ü":"1 + 1 = 2 & 😀"}""")
        );
        var requests = await hooks.Receiver.GotAsync(3);
        Assert.All(requests, request => Assert.Equal(method, request.Method));
        return requests;
    }

    // The signed parameters besides the URL. A GET has none, because the URL contains them all.
    private static IEnumerable<KeyValuePair<string, string>> Signed(WebhookRequest request) =>
        request.Method == "GET" ? [] : request.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal);
}
