/** The SDK tells every process that Node 20 will not be supported for ever; one line a worker hides what matters. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
