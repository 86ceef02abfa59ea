using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Roles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ChatServices;

/// <summary>https://www.twilio.com/docs/conversations/api/service-configuration-resource</summary>
[ApiController]
[Resource("Services/{ChatServiceSid}/Configuration", "ServiceConfiguration")]
public sealed class ServiceConfigurationController(ConversationsDbContext db, RequestScope scope, ServiceConfigurationRules rules, TimeProvider clock) : ControllerBase
{
    /// <summary>Fetch the configuration of a conversation service</summary>
    [HttpGet]
    public async Task<ServiceConfigurationResource> Fetch(CancellationToken cancellationToken)
        => ServiceConfigurationResource.Of(await scope.ChatService.SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound(), scope);

    /// <summary>Update configuration settings of a conversation service</summary>
    [HttpPost]
    [Errors(
        nameof(TwilioErrors.RoleNotFound), nameof(TwilioErrors.ConversationRoleNotFound), nameof(TwilioErrors.InvalidRoleType),
        nameof(TwilioErrors.InvalidReachabilityEnabled))]
    public async Task<ServiceConfigurationResource> Update([FromForm(Name = "")] ServiceConfigurationForm form, CancellationToken cancellationToken)
    {
        ChatService service = null!;
        await db.WriteAsync(
            check: async () =>
            {
                service = await scope.ChatService.AsTracking().SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
                rules.Check(form);
                await RequireRolesAsync(form, cancellationToken);
                service.DefaultConversationCreatorRoleSid = form.DefaultConversationCreatorRoleSid.Given() ?? service.DefaultConversationCreatorRoleSid;
                service.DefaultConversationRoleSid = form.DefaultConversationRoleSid.Given() ?? service.DefaultConversationRoleSid;
                service.DefaultChatServiceRoleSid = form.DefaultChatServiceRoleSid.Given() ?? service.DefaultChatServiceRoleSid;
                service.ReachabilityEnabled = form.ReachabilityEnabled.Given() is { } enabled ? bool.Parse(enabled) : service.ReachabilityEnabled;
                service.DateUpdated = clock.GetUtcNow().UtcDateTime;
            },
            write: async () =>
            {
                // The service's row is the gate of its default roles: behind it none of them can be deleted, so look once more.
                await db.SaveChangesAsync(cancellationToken);
                await RequireRolesAsync(form, cancellationToken);
                return true;
            },
            cancellationToken);
        return ServiceConfigurationResource.Of(service, scope);
    }

    private async Task RequireRolesAsync(ServiceConfigurationForm form, CancellationToken cancellationToken)
    {
        await scope.RequireRoleAsync(form.DefaultConversationCreatorRoleSid.Given(), RoleType.Conversation, TwilioErrors.ConversationRoleNotFound, cancellationToken);
        await scope.RequireRoleAsync(form.DefaultConversationRoleSid.Given(), RoleType.Conversation, TwilioErrors.ConversationRoleNotFound, cancellationToken);
        await scope.RequireRoleAsync(form.DefaultChatServiceRoleSid.Given(), RoleType.Service, TwilioErrors.RoleNotFound, cancellationToken);
    }
}

/// <summary>A service's defaults.</summary>
public sealed record ServiceConfigurationResource(
    string ChatServiceSid,
    string DefaultConversationCreatorRoleSid,
    string DefaultConversationRoleSid,
    string DefaultChatServiceRoleSid,
    bool ReachabilityEnabled,
    string Url,
    ServiceConfigurationLinks Links) : IHasExamples<ServiceConfigurationResource>
{
    public static IReadOnlyList<ServiceConfigurationResource> Examples(RequestScope scope) => [Of(ChatServiceResource.ExampleRow(scope), scope)];

    public static ServiceConfigurationResource Of(ChatService service, RequestScope scope)
    {
        var url = scope.AccountUrl($"Services/{service.Sid}/Configuration");
        return new(
            service.Sid, service.DefaultConversationCreatorRoleSid, service.DefaultConversationRoleSid, service.DefaultChatServiceRoleSid, service.ReachabilityEnabled,
            url, new($"{url}/Notifications", $"{url}/Webhooks"));
    }
}

/// <summary>Where the rest of the service's configuration is. Notifications are not served here.</summary>
public sealed record ServiceConfigurationLinks(string Notifications, string Webhooks);
